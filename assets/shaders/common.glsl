// Shared by every pass. Directions and positions are in the City's axes, in metres from the eye, unless they say otherwise.
const float FAR_LOG = 53.2;      // log2(1e16): the depth range, 1 m/NEAR to 1e14 m
const float NEAR = 0.01;

float depthOf(float distance) { return clamp(log2(max(distance, NEAR) / NEAR) / FAR_LOG, 0.0, 1.0); }

// The same in four bytes of a texture, and back in metres.
vec4 asBytes(float share) { vec4 b = fract(min(share, 0.999999) * vec4(1.0, 255.0, 65025.0, 16581375.0)); return b - b.yzww * vec4(vec3(1.0 / 255.0), 0.0); }
float metres(vec4 b) { return NEAR * exp2(FAR_LOG * dot(b, vec4(1.0, 1.0 / 255.0, 1.0 / 65025.0, 1.0 / 16581375.0))); }

uint mixBits(uint x)             // lowbias32, Chris Wellons
{
  x ^= x >> 16; x *= 0x7feb352dU; x ^= x >> 15; x *= 0x846ca68bU; return x ^ (x >> 16);
}
float unit(uint x) { return float(int(x >> 8)) * (1.0 / 16777216.0); }         // of a signed number: processors know how to
uint bits(ivec2 p, uint salt) { return mixBits(uint(p.x) * 0x9E3779B1U ^ uint(p.y) * 0x85EBCA77U ^ salt * 0xC2B2AE3DU); }
float hash1(ivec2 p, uint salt) { return unit(bits(p, salt)); }
float hash3(ivec3 p) { return unit(mixBits(uint(p.x) * 0x9E3779B1U ^ uint(p.y) * 0x85EBCA77U ^ uint(p.z) * 0xC2B2AE3DU)); }
vec4 fourths(uint b) { return vec4(ivec4(uvec4(b, b >> 8, b >> 16, b >> 24) & 255U)) * (1.0 / 255.0); }


float value2(vec2 p, uint salt)
{
  vec2 low = floor(p), f = p - low; f = f * f * (3.0 - 2.0 * f);
  uint a = uint(int(low.x)) * 0x9E3779B1U, b = uint(int(low.y)) * 0x85EBCA77U ^ salt * 0xC2B2AE3DU;       // as `bits`: what corners share is multiplied once
  uint c = a + 0x9E3779B1U, d = (uint(int(low.y)) * 0x85EBCA77U + 0x85EBCA77U) ^ salt * 0xC2B2AE3DU;
  vec4 h = vec4(unit(mixBits(a ^ b)), unit(mixBits(c ^ b)), unit(mixBits(a ^ d)), unit(mixBits(c ^ d)));
  vec2 g = mix(h.xz, h.yw, f.x); return mix(g.x, g.y, f.y);
}
float value3(vec3 p)
{
  vec3 low = floor(p), f = p - low; f = f * f * (3.0 - 2.0 * f);
  uvec3 i = uvec3(ivec3(low)) * uvec3(0x9E3779B1U, 0x85EBCA77U, 0xC2B2AE3DU), j = i + uvec3(0x9E3779B1U, 0x85EBCA77U, 0xC2B2AE3DU);       // as hash3
  uvec4 level = uvec4(i.x ^ i.y, j.x ^ i.y, i.x ^ j.y, j.x ^ j.y);
  vec4 a = vec4(unit(mixBits(level.x ^ i.z)), unit(mixBits(level.y ^ i.z)), unit(mixBits(level.z ^ i.z)), unit(mixBits(level.w ^ i.z)));
  vec4 b = vec4(unit(mixBits(level.x ^ j.z)), unit(mixBits(level.y ^ j.z)), unit(mixBits(level.z ^ j.z)), unit(mixBits(level.w ^ j.z)));
  vec4 c = mix(a, b, f.z); vec2 d = mix(c.xz, c.yw, f.x); return mix(d.x, d.y, f.y);
}

// Light of a ceiling at a local hour, 0 to 1: viewer/daylight.py says the same.
float daylight(float hour, float duty)
{
  float away = abs(mod(hour, 24.0) - 12.0);
  float t = clamp((12.0 * duty - away) / 0.5 + 0.5, 0.0, 1.0);
  return duty >= 1.0 ? 1.0 : t * t * (3.0 - 2.0 * t);
}

float luminance(vec3 c) { return dot(c, vec3(0.2126, 0.7152, 0.0722)); }

// G-buffer: red = octahedral normal 11 + 11 bits and a 2-bit form, green = 1/distance, blue = row of the table of parts.
// alpha = how much of the pixel it covers. Whole numbers below 2^24 are exact in a float.
const float FLAT = 0.0, ROUND_Z = 1.0, CUT_FACE = 2.0, ROUND_X = 3.0;

float packNormal(vec3 n, float form)
{
  n /= abs(n.x) + abs(n.y) + abs(n.z);
  vec2 o = n.z >= 0.0 ? n.xy : (1.0 - abs(n.yx)) * vec2(n.x >= 0.0 ? 1.0 : -1.0, n.y >= 0.0 ? 1.0 : -1.0);
  vec2 q = floor(clamp(o * 0.5 + 0.5, 0.0, 1.0) * 2047.0 + 0.5);
  return q.x + q.y * 2048.0 + form * 4194304.0;
}
vec3 unpackNormal(float code, out float form)
{
  form = floor(code / 4194304.0); code -= form * 4194304.0;
  float y = floor(code / 2048.0);
  vec2 o = vec2(code - y * 2048.0, y) / 2047.0 * 2.0 - 1.0;
  vec3 n = vec3(o, 1.0 - abs(o.x) - abs(o.y));
  if (n.z < 0.0) n.xy = (1.0 - abs(n.yx)) * vec2(n.x >= 0.0 ? 1.0 : -1.0, n.y >= 0.0 ? 1.0 : -1.0);
  return normalize(n);
}
