// What still water throws back: starlight, and the lamps about it in columns that ripples draw out towards the eye.
const int WATER = 10;

vec3 mirrored(vec3 x, vec3 n, vec3 sight, Face face, float day)
{
  float steep = clamp(-dot(n, sight), 0.0, 1.0), flat_ = 1.0 - steep;
  float share = 0.02 + 0.98 * flat_ * flat_ * flat_ * flat_ * flat_;                // Schlick 1994
  float fine = 1.0 - smoothstep(0.2, 1.5, face.pixel);
  float wave = mix(0.5, value3(vec3(face.at * vec2(0.35, 0.9), 3.0)) * 0.6 + value3(vec3(face.at * vec2(1.1, 2.7), 8.0)) * 0.4, fine);
  vec3 back = reflect(sight, n), sum = vec3(0.0);
#ifndef INSIDE
  sum += starlight(galaxy(back)) + vec3(0.0022, 0.003, 0.0042);
#endif
#ifdef LAMPS
  vec3 beside = normalize(cross(n, sight) + vec3(1e-6));
  for (int i = 0; i < LAMPS; i++)
  {
    vec3 to = vec3(lamps[8 * i], lamps[8 * i + 1], lamps[8 * i + 2]) - x;
    float far = length(to), wide = lamps[8 * i + 7] / far;
    vec3 off = to / far - back;
    float aside = dot(off, beside), along = length(off - beside * aside);
    aside /= wide + 0.012; along /= wide + 0.14;
    sum += lampColour(i) * exp(-aside * aside - along * along) * (0.3 + 1.4 * smoothstep(0.3, 0.7, wave)) * mix(1.0, 0.35, day);
  }
#endif
  return sum * share;
}
