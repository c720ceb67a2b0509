// What a part is made of and the light it sends to the eye, before ambient occlusion and haze.
//TABLE finishes
const float LIT = 0.0, GLOWING = 1.0, SECTION = 2.0;

vec3 surface = vec3(0.0);       // what a wall throws back of light that falls on it
#ifdef PLANET
float groundShade = 0.0;         // how deep under the towers of an early year this point lies
#endif
#ifdef RAYS
vec3 gatheredHere = vec3(0.0);   // by rays: from above, thrown back by what is about it, how free it lies
#endif
float fallen = 0.0;              // what of the light that falls reaches this point

vec3 upAt(vec3 x) { return normalize(x - centre); }

// The lit ceiling above, what the lit ground throws back, and the little that never goes out.
vec3 irradiance(vec3 n, vec3 up, float day, float exposure, float roughness)
{
  float height = clamp(dot(n, up), -1.0, 1.0);
  exposure /= 1.0 + 1.3 * indoors * exposure * exposure;                     // an eye in a narrow lit passage adapts
  vec3 side = normalize(cross(up, vec3(0.36, 0.48, 0.80)));
  vec3 other = cross(up, side);
  float slant = 0.5 + 0.5 * dot(n, side), cross_ = 0.5 + 0.5 * dot(n, other);
  float sky = pow(0.5 + 0.5 * height, 1.7);
  float wall = (0.25 + 0.75 * slant * slant) * (0.55 + 0.45 * cross_);
  float bounce = max(-height, 0.0) * 0.07 + 0.02;
#ifdef RAYS
  sky = gatheredHere.x; bounce = 1.8 * gatheredHere.y;
  float free = mix(0.30, 1.15, gatheredHere.z * gatheredHere.z);
  vec3 lit = lightCeiling * free * (1.75 * sky * (0.55 + 0.75 * wall) * mix(exposure, 1.0, 0.25) + bounce * (0.4 + 0.6 * wall));
#else
  vec3 lit = lightCeiling * (sky * (0.55 + 0.75 * wall) * exposure + bounce * wall * (0.3 + 0.7 * exposure));
#endif
#ifdef FALL
  lit *= mix(1.0, 0.80, min(lightCast, 1.0));
  lit += lightCeiling * (1.05 * lightCast * fallen * max(dot(n, fallLight), 0.0) * (0.35 + 0.65 * exposure));
#endif
#ifdef RAYS
  vec3 never = lightEver * free * (0.035 + 0.16 * wall * (0.35 + 0.65 * sky) + 0.12 * bounce) * (0.4 + 0.6 * exposure);
  never += lightEver * free * (indoors * (0.58 * exposure * (0.3 + 0.7 * wall) + 0.6 * bounce) * mix(1.0, 0.3, day));
#else
  vec3 never = lightEver * (0.035 + 0.16 * wall * (0.35 + 0.65 * sky)) * (0.4 + 0.6 * exposure);
  never += lightEver * (indoors * 0.50 * exposure * (0.3 + 0.7 * wall) * mix(1.0, 0.3, day));     // rooms are baked by their own lamps
#endif
#ifdef PLANET
  float sun = mix(1.0, groundLight, groundShade);
#else
  const float sun = 1.0;
#endif
#ifdef INSIDE
  return day * lit * 2.1 + never;
#else
  return day * lit * 2.1 + never + sun * vec3(0.54, 0.58, 0.60) * pow(clamp(0.5 + 0.5 * dot(n, vec3(-0.3881, -0.6986, 0.6016)), 0.0, 1.0), 4.5);
#endif
}

// A lamp that fails: dim and bright by turns in the course of a day, slowly enough for a film of it.
float failing(int number)
{
  float k = floor(hour), t = hour - k; t = t * t * (3.0 - 2.0 * t);
  float now = hash1(ivec2(int(mod(k, 24.0)), number), 3U), then = hash1(ivec2(int(mod(k + 1.0, 24.0)), number), 3U);
  return mix(0.15, 1.0, mix(now, then, t));
}

// The dark skin under the stars: light leaks from the joints of its plates, here and there, where something still works.
vec3 seams(vec3 up, float joints, float pixel)
{
  float whole = smoothstep(2e8, 1.5e9, pixel);                                  // from where the City is a globe, they are what tells it from the dark
  float where = value3(up * 6.0) * 0.6 + value3(up * 19.0) * 0.4;
  float alive = smoothstep(0.50 - 0.12 * whole, 0.86 - 0.10 * whole, where) * mix(smoothstep(0.45, 0.8, value3(up * 70.0)), 1.0, 0.4 * whole);
  vec3 tone = mix(lightWarm, lightCold, step(0.70, value3(up * 4.0 + 9.0)));
  return tone * (joints * joints * (0.015 + 0.05 * whole + (1.3 + 2.2 * whole) * alive) * smoothstep(0.1, 5.0, pixel));      // none underfoot
}

#ifdef PLANET
// The Earth cut open: crust, mantle, and a core that still glows a little. By its radius, 1 at the ground.
vec3 mantle(float radius)
{
  vec3 rock = mix(vec3(0.050, 0.036, 0.030), vec3(0.022, 0.021, 0.021), smoothstep(0.5, 0.98, radius));
  vec3 core = mix(vec3(0.34, 0.17, 0.07), vec3(0.13, 0.05, 0.022), smoothstep(0.10, 0.545, radius));
  return mix(core, rock, smoothstep(0.535, 0.56, radius));
}

// The Earth, in quiet tones: seas, lands, ice at the poles. Ours, not a map.
vec3 globe(vec3 up)
{
  float coast = 0.0, part = 0.5;
  for (int i = 0; i < 6; i++) { coast += part * value3(up * (2.1 * exp2(float(i))) + 11.0); part *= 0.5; }
  float land = smoothstep(0.50, 0.515, coast);
  vec3 ground = mix(vec3(0.16, 0.17, 0.12), vec3(0.33, 0.29, 0.22), smoothstep(0.40, 0.62, value3(up * 9.0) * 0.5 + coast * 0.5));
  ground *= 0.75 + 0.5 * value3(up * 60.0);
  vec3 sea = mix(vec3(0.018, 0.035, 0.055), vec3(0.05, 0.085, 0.10), smoothstep(0.38, 0.50, coast));
  float ice = smoothstep(0.86, 0.93, abs(up.z) + 0.10 * (coast - 0.5) + 0.05 * value3(up * 20.0));
  return 1.9 * mix(mix(sea, ground, land), vec3(0.40, 0.43, 0.45), ice);
}
#endif

vec3 shaded(vec3 x, vec3 n, vec3 sight, Face face, vec4 look, float seed, out float kind, out float joints, out float opening)
{
  opening = 0.0;
  int m = int(look.x + 0.5);
  float exposure = look.y / 255.0, tint = look.z / 255.0;
  float day = daylight(hour + look.w / 256.0 * 24.0, duty);
#ifdef INSIDE
  const bool hull = false;
#else
  float roof = roofRadius > 0.0 ? roofRadius : shells[max(int(shellCount), 1) - 1];
  bool hull = roofRadius + shellCount > 0.5 && length(x - centre) > 0.975 * roof && dot(n, upAt(x)) > 0.3;
  if (hull) exposure = 0.0, day = 0.0;                                      // no ceiling over it
#endif
  vec3 albedo = COLOUR[m] * lightWall;
  float rough = ROUGHNESS[m];
  vec3 up = upAt(x);
#ifdef PLANET
  groundShade = 1.0 - smoothstep(0.002, 0.02, length(x - centre) / planetRadius - 1.0);
#endif
  uint salt = mixBits(uint(max(seed, 0.0)) + 977U);
  kind = LIT;
  vec3 glow = vec3(0.0);

  albedo *= 0.80 + 0.40 * unit(mixBits(salt + 5U));
#ifdef PLANET
  if (m == 15) albedo = globe(up);
  bool plain = m == 13 || m == 5 || m == 15 || m == 17;
#else
  bool plain = m == 13 || m == 5 || m == 17;
#endif
  joints = 0.0;
  if (!plain)
  {
    float flat_ = smoothstep(0.75, 0.95, abs(dot(n, up)));                  // floors and soffits have joints, but no openings
    float room = face.size.x > 0.0 ? smoothstep(6.0, 16.0, min(face.size.x, face.size.y) / face.pixel) : 1.0;
    Skin skin = wall(face, x, n, salt, rough);
    float dirt = weather(face, x, n, salt, rough);
    skin.depth = mix(1.0, skin.depth, room * (1.0 - flat_));
    skin.tone = mix(1.0, skin.tone, room * (1.0 - 0.5 * flat_));
    joints = skin.line * room;
    opening = 1.0 - skin.depth;
    albedo *= skin.tone * skin.depth * dirt * (1.0 - 0.45 * joints);
  }
#ifdef BORES
  if (m == 17) { vec3 shine; albedo *= scorched(x, face.pixel, salt, shine); glow += shine; }
#endif
  if (m == 7 || m == 0 || m == 1 || m == 2)
  {
    float glass;
    float facing = 1.0 - smoothstep(0.06, 0.20, abs(dot(n, up)));            // upright: neither roofs nor battered feet
    float home = m == 7 ? 1.0 : step(0.80, unit(mixBits(salt + 71U))) * 0.5;
    vec3 light = windows(face, salt, 1.0 - day, glass) * facing * step(0.01, home) * (m == 7 ? 1.0 : 0.8);
    albedo *= 1.0 - 0.72 * glass * facing * step(0.01, home);
    glow += light * 1.5 * lightWindows;
  }
  if (LIT_WHEN[m] == 1.0)
  {
    float broken = tint < lampsOut ? 0.0 : 1.0;
    float flicker = tint < lampsOut + 0.08 ? failing(int(seed)) : 1.0;
    vec2 cells = face.size.x > 0.0 ? face.at / vec2(fitted(max(12.0, face.pixel * 24.0), face.size.x), fitted(max(12.0, face.pixel * 24.0), face.size.y)) : vec2(0.0);
    float dead = step(lampsOut, hash1(ivec2(floor(cells)), salt + 40U));
    float frame = face.size.x > 0.0 ? smoothstep(0.02, 0.06, min(min(fract(cells.x), 1.0 - fract(cells.x)), min(fract(cells.y), 1.0 - fract(cells.y)))) : 1.0;
    float shine = day * broken * flicker * (0.65 + 0.35 * unit(mixBits(salt + 41U))) * mix(0.25, 1.0, dead) * mix(0.55, 1.0, frame);
    glow += EMISSION[m] * shine * mix(0.16, 0.35, inside);
  }
  if (LIT_WHEN[m] == 3.0) glow += EMISSION[m] * (0.6 + 0.4 * tint);
#ifndef INSIDE
  if (hull && m != 10) glow += seams(up, joints, face.pixel);
#endif
#ifdef INK
  day = mix(0.6, 1.0, day);                                                 // a page is drawn in light enough to see by, at any hour
#endif
  vec3 light = irradiance(n, up, day, exposure, rough);
  surface = albedo;
  vec3 result = albedo * light;
  float grazing = 1.0 - clamp(-dot(n, sight), 0.0, 1.0);
  grazing *= grazing;
  result += vec3(0.8, 0.93, 1.0) * (grazing * grazing * (1.0 - rough) * 0.35 * (0.03 + 0.6 * day * exposure));
  if (luminance(glow) > 0.02) kind = GLOWING;
  return (result + glow) * gain;
}
