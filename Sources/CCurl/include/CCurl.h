#ifndef COUNTERSIGN_CCURL_H
#define COUNTERSIGN_CCURL_H

#include <curl/curl.h>
#include <stdbool.h>

// libcurl, loaded when the first e-mail provider is set up: it brings some thirty libraries and 9 MB with it, of which
// a server that sends no e-mail needs none. Swift calls no variadic functions, so there is one function a kind of
// argument.

typedef size_t (*ccurl_data_callback)(char *buffer, size_t size, size_t count, void *context);
typedef int (*ccurl_progress_callback)(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d);

/// Loads and starts the library. Call it once, before all others; false when it is not there.
bool ccurl_load(void);

CURL *ccurl_init(void);
void ccurl_reset(CURL *handle);
CURLcode ccurl_perform(CURL *handle);
void ccurl_cleanup(CURL *handle);

struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text);
void ccurl_list_free(struct curl_slist *list);

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode ccurl_set_read_callback(CURL *handle, ccurl_data_callback callback);
CURLcode ccurl_set_write_callback(CURL *handle, ccurl_data_callback callback);
CURLcode ccurl_set_progress_callback(CURL *handle, ccurl_progress_callback callback);
CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value);

#endif
