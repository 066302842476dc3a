#!/bin/sh
# Regenerates everything that is made from the protos. With --check nothing is written: the exit status is 1 and
# the differences are printed when the committed files are not what the protos give.
#
# Needs protoc (Debian: protobuf-compiler, libprotobuf-dev) and a Swift toolchain.
set -eu

check=false
case "${1-}" in
    '') ;;
    --check) check=true ;;
    *) echo "usage: $0 [--check]" >&2; exit 2 ;;
esac

cd "$(dirname "$0")/.."
for plugin in protoc-gen-swift protoc-gen-countersign; do
    swift build --quiet --product "$plugin" >&2
done
bin=$(swift build --show-bin-path)

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

messages=Sources/MFAProto/Generated
envelope=Sources/TTRPC/Generated
state=Tests/MFAStoreTests/Generated
swift_calls=clients/swift/Sources/CountersignClient/Generated
c_source=clients/c/src/generated
c_header=clients/c/include/countersign/generated
generated="$messages $envelope $state $swift_calls $c_source $c_header"
for folder in $generated; do mkdir -p "$new/$folder"; done

run_protoc() {
    (cd proto && protoc -I . -I third_party \
        --plugin="$bin/protoc-gen-swift" --plugin="$bin/protoc-gen-countersign" "$@")
}
swift_messages() {
    visibility=$1
    folder=$2
    shift 2
    run_protoc --swift_opt=Visibility="$visibility" --swift_opt=UseAccessLevelOnImports=true \
        --swift_opt=FileNaming=PathToUnderscores --swift_out="$new/$folder" "$@"
}
countersign() {
    output=$1
    folder=$2
    # Our server offers one method of the health service.
    run_protoc --countersign_opt="Output=$output" --countersign_opt=Skip=grpc.health.v1.Health/List \
        --countersign_out="$new/$folder" $api
}

api="$(cd proto && echo countersign/v1/*.proto) grpc/health/v1/health.proto"
swift_messages Public "$messages" $api google/rpc/error_details.proto
swift_messages Public "$envelope" ttrpc/request.proto google/rpc/status.proto
swift_messages Internal "$state" storage/subject_state.proto
countersign methods "$messages"
countersign swift-client "$swift_calls"
countersign c-source "$c_source"
countersign c-header "$c_header"

status=0
for folder in $generated; do
    if $check; then
        diff -ruN "$folder" "$new/$folder" || status=1
    else
        rm -rf "$folder"
        mkdir -p "$(dirname "$folder")"
        cp -R "$new/$folder" "$folder"
    fi
done
if [ "$status" -ne 0 ]; then
    echo "error: generated files are stale" >&2
    echo "hint: run proto/generate.sh and commit what it changes" >&2
fi
exit "$status"
