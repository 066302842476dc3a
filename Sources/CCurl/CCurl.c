#include "CCurl.h"

#include <dlfcn.h>

#ifdef __APPLE__
#define LIBRARY "libcurl.4.dylib"
#else
#define LIBRARY "libcurl.so.4"
#endif

static struct {
    CURLcode (*global_init)(long);
    CURL *(*init)(void);
    void (*reset)(CURL *);
    CURLcode (*perform)(CURL *);
    void (*cleanup)(CURL *);
    CURLcode (*setopt)(CURL *, CURLoption, ...);
    CURLcode (*getinfo)(CURL *, CURLINFO, ...);
    struct curl_slist *(*list_append)(struct curl_slist *, const char *);
    void (*list_free)(struct curl_slist *);
} curl;

bool ccurl_load(void) {
    // Never unloaded: its threads and its exit handlers would be left without code.
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) return false;
    const struct {
        const char *name;
        void *address;
    } functions[] = {
        {"curl_global_init", &curl.global_init},     {"curl_easy_init", &curl.init},
        {"curl_easy_reset", &curl.reset},            {"curl_easy_perform", &curl.perform},
        {"curl_easy_cleanup", &curl.cleanup},        {"curl_easy_setopt", &curl.setopt},
        {"curl_easy_getinfo", &curl.getinfo},        {"curl_slist_append", &curl.list_append},
        {"curl_slist_free_all", &curl.list_free},
    };
    for (size_t each = 0; each < sizeof functions / sizeof *functions; each++) {
        void *function = dlsym(library, functions[each].name);
        if (!function) return false;
        // POSIX lets a function's address stand in a void pointer, ISO C does not.
        *(void **)functions[each].address = function;
    }
    return curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

CURL *ccurl_init(void) { return curl.init(); }
void ccurl_reset(CURL *handle) { curl.reset(handle); }
CURLcode ccurl_perform(CURL *handle) { return curl.perform(handle); }
void ccurl_cleanup(CURL *handle) { curl.cleanup(handle); }

struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text) { return curl.list_append(list, text); }
void ccurl_list_free(struct curl_slist *list) { curl.list_free(list); }

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) { return curl.setopt(handle, option, value); }

CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl.setopt(handle, option, value);
}

CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) { return curl.setopt(handle, option, value); }

CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl.setopt(handle, option, value);
}

CURLcode ccurl_set_read_callback(CURL *handle, ccurl_data_callback callback) {
    return curl.setopt(handle, CURLOPT_READFUNCTION, callback);
}

CURLcode ccurl_set_write_callback(CURL *handle, ccurl_data_callback callback) {
    return curl.setopt(handle, CURLOPT_WRITEFUNCTION, callback);
}

CURLcode ccurl_set_progress_callback(CURL *handle, ccurl_progress_callback callback) {
    return curl.setopt(handle, CURLOPT_XFERINFOFUNCTION, callback);
}

CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value) { return curl.getinfo(handle, info, value); }
