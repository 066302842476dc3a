#include "CPhoneNumber.h"

#include <cstring>
#include <string>

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

cphonenumber_kind kind_of(PhoneNumberUtil::PhoneNumberType type) {
    switch (type) {
    case PhoneNumberUtil::FIXED_LINE: return cphonenumber_fixed_line;
    case PhoneNumberUtil::MOBILE: return cphonenumber_mobile;
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE: return cphonenumber_fixed_line_or_mobile;
    case PhoneNumberUtil::TOLL_FREE: return cphonenumber_toll_free;
    case PhoneNumberUtil::PREMIUM_RATE: return cphonenumber_premium;
    case PhoneNumberUtil::SHARED_COST: return cphonenumber_shared_cost;
    case PhoneNumberUtil::VOIP: return cphonenumber_voip;
    case PhoneNumberUtil::PERSONAL_NUMBER: return cphonenumber_personal;
    case PhoneNumberUtil::PAGER: return cphonenumber_pager;
    case PhoneNumberUtil::UAN: return cphonenumber_uan;
    case PhoneNumberUtil::VOICEMAIL: return cphonenumber_voicemail;
    case PhoneNumberUtil::UNKNOWN: return cphonenumber_unknown;
    }
    return cphonenumber_unknown;
}

// Copies with the terminating NUL; false where it does not fit.
template <size_t capacity> bool copy(const std::string &text, char (&target)[capacity]) {
    if (text.size() >= capacity) return false;
    std::memcpy(target, text.c_str(), text.size() + 1);
    return true;
}

bool is_country(const std::string &region) {
    // "ZZ" is libphonenumber's word for none; "001", the world, is not two letters.
    return region.size() == 2 && region != "ZZ";
}

} // namespace

bool cphonenumber_parse(const char *text, size_t length, struct cphonenumber *result) try {
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    // Without a default region only the international form has a meaning.
    if (util.Parse(std::string(text, length), "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR) return false;

    cphonenumber answer = {};
    std::string e164, region;
    util.Format(number, PhoneNumberUtil::E164, &e164);
    if (!copy(e164, answer.e164)) return false;
    answer.calling_code = number.country_code();
    answer.kind = kind_of(util.GetNumberType(number));
    answer.is_valid = util.IsValidNumber(number);
    // Where a code has one country only, libphonenumber names it for numbers of the wrong length too.
    if (answer.is_valid) util.GetRegionCodeForNumber(number, &region);
    if (is_country(region) && !copy(region, answer.country)) return false;
    *result = answer;
    return true;
} catch (...) {
    // An exception must not cross into C. What is left to throw is std::bad_alloc.
    return false;
}
