#!/bin/sh
# setup.sh GROUP...: makes sure that a Swift toolchain is there, and installs the missing Debian packages of each
# group, saying which and why. Does nothing, at once, when all is there.
set -eu

# group | package | why
table=$(cat <<'END'
run   | g++                                | C and C++ headers and linker: BoringSSL, SwiftNIO
run   | pkg-config                         | finds the C libraries below
run   | libsqlite3-dev                     | the embedded store
run   | libqrencode-dev                    | QR codes
run   | libpng-dev                         | QR codes as PNG
run   | libjemalloc-dev                    | memory allocator of the server
run   | libphonenumber-dev                 | telephone numbers by their countries' plans
run   | libmaxminddb-dev                   | places of network addresses
run   | libcurl4-openssl-dev               | e-mail by SMTP
run   | libxml2-dev                        | XML of key containers, below FoundationXML
smoke | oathtool                           | an independent TOTP generator
check | shellcheck                         | checks the shell scripts
proto | protobuf-compiler                  | protoc, generates code from the protos
proto | libprotobuf-dev                    | the common protos
c     | gcc                                | the C client, and the sanitizers
c     | libssl-dev                         | TLS of the C client
c     | libprotobuf-c-dev                  | messages of the C client
c     | protobuf-c-compiler                | generates the messages of the C client
c     | libcjson-dev                       | receipts in the C client
c     | valgrind                           | memory checks of the C client
c     | python3                            | the hostile server of the C client's tests
c     | mandoc                             | checks the manual pages
test  | oathtool                           | an independent TOTP generator
test  | python3-pyotp                      | another independent TOTP generator
test  | openssl                            | certificates and TLS peers that nobody here wrote
test  | zbar-tools                         | decodes QR codes
test  | sslscan                            | lists what TLS the server offers
test  | python3                            | drives kill -9 and races
test  | strace                             | shows what the server syncs and whom it talks to
test  | golang-go                          | the Go client of the interoperability test
test  | golang-github-containerd-ttrpc-dev | ttRPC in Go, the protocol by its own authors
test  | gogoprotobuf                       | protobuf for it
test  | kannel                             | a real SMS gateway
test  | kannel-extras                      | the fake phone network behind it
test  | python3-aiosmtpd                   | a real mail server that can be told to misbehave
test  | python3-pip                        | fetches MaxMind's test databases
test  | python3-jwt                        | another implementation of receipts
test  | python3-cryptography               | another implementation of push signatures, and what FCM checks
test  | curl                               | talks to those as a client that nobody here wrote
test  | pskctool                           | writes and reads PSKC files
test  | python3-pskc                       | reads them too, with encryption and MAC
test  | gcc                                | compiles what sets a server's clock
bench | python3                            | drives the benchmark
bench | python3-cryptography               | devices that are sent a push
bench | openssl                            | keys
bench | golang-go                          | the ttRPC server to compare with
bench | golang-github-containerd-ttrpc-dev | ttRPC in Go
bench | gogoprotobuf                       | protobuf for it
bench | protobuf-compiler                  | generates its messages
bench | libssl-dev                         | the load client makes TOTP codes
bench | libsqlite3-dev                     | the bare SQLite loop to compare with
END
)

if [ $# -eq 0 ]; then
    echo "usage: $0 run|smoke|check|proto|c|test|bench..." >&2
    exit 2
fi

if ! command -v swift >/dev/null; then
    echo 'error: no Swift toolchain on the PATH.' >&2
    echo 'hint: install Swift 6.2 or later (https://www.swift.org/install/linux/) and add its usr/bin to PATH.' >&2
    exit 1
fi

if ! command -v dpkg-query >/dev/null; then
    echo "note: this is no Debian system, so it is up to you that these are installed: $*" >&2
    exit 0
fi

for group in "$@"; do
    if ! echo "$table" | grep -q "^$group "; then
        echo "error: no group $group" >&2
        exit 2
    fi
done

installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
missing=$(
    echo "$table" | awk -F ' *[|] *' -v groups=" $* " -v installed="$installed" '
        BEGIN { count = split(installed, names, "\n"); for (i = 1; i <= count; i++) there[names[i]] = 1 }
        index(groups, " " $1 " ") && !($2 in there) { print $2 "|" $3 }'
)
[ -n "$missing" ] || exit 0

echo 'Debian packages to install:'
echo "$missing" | awk -F '|' '!seen[$1]++ { printf "  %-36s %s\n", $1, $2 }'
packages=$(echo "$missing" | cut -d '|' -f 1 | sort -u)

if [ "$(id -u)" -eq 0 ]; then
    as_root=''
elif command -v sudo >/dev/null; then
    as_root=sudo
else
    echo 'error: installing needs root, or sudo.' >&2
    # shellcheck disable=SC2086 # one word a package
    echo "hint: as root: apt-get install" $packages >&2
    exit 1
fi

install_packages() {
    # shellcheck disable=SC2086 # one word a package
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends -o DPkg::Lock::Timeout=300 $packages
}
# The package lists of a fresh machine are empty or old.
install_packages || { $as_root apt-get update --quiet && install_packages; }
