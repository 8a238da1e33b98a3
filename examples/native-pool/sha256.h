// SHA-256 (FIPS 180-4). Its own code: Node exports OpenSSL's symbols, which may
// be of another version than the headers that an addon is compiled with.
#pragma once

#include <cstddef>
#include <cstdint>

constexpr size_t kDigestBytes = 32;

void Sha256(const uint8_t* data, size_t size, uint8_t digest[kDigestBytes]);
