// From outside, through a cut: the air of the voids that lie open, lit by the ceilings they stand under. The further a sight line
// runs on behind the cut, the more of it: so the strata stand one behind another, the lit ones in light and the dark ones in blue.

// The day of a place: geometry/nest.py says the same, but for what each patch adds of its own.
float dayAt(vec3 up, float stratum)
{
  float ratio = up.y / max(abs(up.x) + abs(up.y), 1e-6);
  float turn = (up.x >= 0.0 ? ratio : 2.0 - ratio) / 4.0;
  float away = abs(mod(hour + 24.0 * (stratum * lag + turn), 24.0) - 12.0);
  return smoothstep(1.5, -1.5, away - 12.0 * duty);
}

// Colour and share of the air between the cut and `x`, seen from `o`, `far` metres off.
vec4 mist(vec3 o, vec3 x, float far)
{
  vec3 n; float left = lastExit(o, x, n);
  if (left <= 0.0 || shellCount < 2.0) return vec4(0.0);
  float radius = length(x - centre), inner = 0.0, outer = shells[0]; int s = 0;
  if (length(mix(o, x, left) - centre) > shells[int(shellCount) - 1]) return vec4(0.0);       // an eye in the cut: it is left under the stars
  if (roofRadius > 0.0 && radius > 0.975 * shells[int(shellCount) - 1]) return vec4(0.0);     // beyond what was closed in that year
  for (int i = 0; i < 64; i++)
  {
    if (float(i) + 1.5 > shellCount || radius < shells[i]) break;
    inner = shells[i]; outer = shells[i + 1]; s = i + 1;
  }
  float gap = outer - inner, high = clamp((radius - inner) / gap, 0.0, 1.0);
  float share = 1.0 - exp(-far * (1.0 - left) / (2.6 * gap));
  float day = dayAt(normalize(x - centre), float(s));
  vec3 noon = mix(airNoonLow * 0.44, airNoonHigh * 0.77, high * high);
  vec3 dark = mix(airNightLow * 0.14, airNightHigh * 0.15, high);
  return vec4(mix(dark, noon, day), share);
}
