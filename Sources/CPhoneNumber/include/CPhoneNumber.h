#ifndef COUNTERSIGN_CPHONENUMBER_H
#define COUNTERSIGN_CPHONENUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a number is for.
enum cphonenumber_kind {
    cphonenumber_unknown = 0,
    cphonenumber_fixed_line,
    cphonenumber_mobile,
    cphonenumber_fixed_line_or_mobile,
    cphonenumber_toll_free,
    cphonenumber_premium,
    cphonenumber_shared_cost,
    cphonenumber_voip,
    cphonenumber_personal,
    cphonenumber_pager,
    cphonenumber_uan,
    cphonenumber_voicemail,
};

struct cphonenumber {
    /// "+" and at most 17 digits, NUL-terminated: libphonenumber tolerates 17 after the calling code is taken off.
    char e164[32];
    /// ISO 3166-1 alpha-2, NUL-terminated; empty where the number belongs to no country or is not valid.
    char country[3];
    int32_t calling_code;
    enum cphonenumber_kind kind;
    bool is_valid;
};

/// Reads a number in international form: "+" and ASCII digits, nothing else; the caller has checked that.
///
/// The first call loads the numbering plans of all countries. Safe from any thread; throws nothing.
///
/// - Returns: false, and nothing in `result`, where `text` is not a number of any country's plan.
bool cphonenumber_parse(const char *text, size_t length, struct cphonenumber *result);

#ifdef __cplusplus
}
#endif

#endif
