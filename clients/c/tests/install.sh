#!/bin/sh
# Installs into a fresh folder and builds programs against what is there: C and C++, shared and static.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$(dirname "$0")/.."

make --silent install DESTDIR="$folder/package" PREFIX=/opt/countersign
[ -f "$folder/package/opt/countersign/lib/libcountersign.so.0" ]
prefix=$folder/installed
make --silent install PREFIX="$prefix"
cat > "$folder/program.c" <<'PROGRAM'
#include <countersign/countersign.h>
int main(void)
{
    countersign_channel_t *channel = countersign_channel_new();
    Countersign__V1__VerifyRequest request = COUNTERSIGN__V1__VERIFY_REQUEST__INIT;
    Countersign__V1__VerifyResponse *response;
    int code = countersign_verify(channel, &request, &response, NULL);

    countersign_channel_free(&channel);
    return code == COUNTERSIGN_ERR_ARGUMENT ? 0 : 1;
}
PROGRAM
cp "$folder/program.c" "$folder/program.cc"

export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
cflags=$(pkg-config --cflags countersign)
libs=$(pkg-config --libs countersign)
static="$prefix/lib/libcountersign.a $(pkg-config --libs libprotobuf-c openssl libcjson) -pthread"
# shellcheck disable=SC2086
{
    cc -std=c99 -Wall -Wextra -Werror $cflags -o "$folder/shared" "$folder/program.c" $libs
    cc -std=c99 -Wall -Wextra -Werror $cflags -o "$folder/static" "$folder/program.c" $static
    # The program that README.md shows.
    sed -n '/^```c$/,/^```$/p' README.md | sed '/^```/d' > "$folder/readme.c"
    cc -std=c99 -Wall -Wextra -Werror $cflags -o "$folder/readme" "$folder/readme.c" $libs
    if command -v c++ > /dev/null; then
        c++ -std=c++11 -Wall -Wextra -Werror $cflags -o "$folder/cxx" "$folder/program.cc" $libs
        LD_LIBRARY_PATH=$prefix/lib "$folder/cxx"
    fi
}
LD_LIBRARY_PATH=$prefix/lib "$folder/shared"
"$folder/static"
[ -f "$prefix/share/man/man3/countersign_start_enrollment.3" ]
