#!/bin/sh
# Generates Go messages and stubs from our protos with ttrpc's own plugin and builds the Go client: build.sh OUT
# Needs golang-go, golang-github-containerd-ttrpc-dev, protobuf-compiler. Works without a network.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
proto=$here/../../../proto
mkdir -p "$1"
out=$(cd "$1" && pwd)
sources=$out/gopath/src

export GO111MODULE=off GOFLAGS='' GOPATH="$out/gopath:/usr/share/gocode"
mkdir -p "$sources"
[ -x "$out/protoc-gen-gogottrpc" ] ||
    go build -o "$out/protoc-gen-gogottrpc" github.com/containerd/ttrpc/cmd/protoc-gen-gogottrpc
protoc --plugin="$out/protoc-gen-gogottrpc" -I "$proto" -I "$proto/third_party" \
    --gogottrpc_out="plugins=ttrpc,paths=source_relative,Mcountersign/v1/common.proto=countersign/v1:$sources" \
    "$proto"/countersign/v1/*.proto
cd "$here"
go build -o "$out/interoperability" .
