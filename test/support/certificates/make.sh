#!/usr/bin/env bash
# How the certificates in this folder were made, in it, with OpenSSL 3. They serve tests on this machine and
# nothing else: the authorities' keys were thrown away, and nothing trusts them but what a test tells to.
set -euo pipefail

BEGIN=20200101000000Z
END=21200101000000Z

new_key() {
  openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1.key"
}

# certify NAME SUBJECT EXTENSIONS, and what signs it
certify() {
  local name=$1 subject=$2 extensions=$3
  shift 3
  new_key "$name"
  openssl req -new -key "$name.key" -subj "/CN=$subject" -out request
  printf '%b\n' "$extensions" >extensions
  printf '[ca]\ndefault_ca = test\n[test]\ndatabase = index\nnew_certs_dir = .\nrand_serial = yes
default_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n' >configuration
  : >index
  openssl ca -batch -notext -config configuration -startdate $BEGIN -enddate $END \
    -extfile extensions -in request -out "$name.crt" "$@"
  rm -f request extensions configuration index index.* ./*.pem
}

AUTHORITY='basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign'
certify authority 'Numberyard test authority' "$AUTHORITY" -selfsign -keyfile authority.key
certify stranger 'Another test authority' "$AUTHORITY" -selfsign -keyfile stranger.key
certify server localhost 'subjectAltName=DNS:localhost' -cert authority.crt -keyfile authority.key
certify client app 'extendedKeyUsage=clientAuth' -cert authority.crt -keyfile authority.key
rm authority.key stranger.key
