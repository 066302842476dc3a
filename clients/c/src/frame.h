/* The ttRPC frame: u32 length of the data, u32 stream id, u8 type, u8 flags, all big-endian; then the data. */
#ifndef CSN_FRAME_H
#define CSN_FRAME_H

#include <stdint.h>

#define CSN_FRAME_HEADER_LENGTH 10
#define CSN_FRAME_MAX_LENGTH (UINT32_C(4) << 20)
#define CSN_FRAME_REQUEST 0x01
#define CSN_FRAME_RESPONSE 0x02

static inline void
csn_put_u32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

static inline uint32_t
csn_get_u32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

#endif
