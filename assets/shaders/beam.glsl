// A shot while it is fired: the white line, the light it throws on walls, rings that run outward from it, and the dust it raises.
// beamFrom: the muzzle from the eye; beamAlong: the way; beamSize: half width, reach, light, charge; beamAfter: ring (metres), its
// light, dust, how wide the dust has spread (metres).
const vec3 BEAM_CORE = vec3(0.92, 0.97, 1.0), BEAM_GLOW = vec3(0.55, 0.78, 1.0), BEAM_DUST = vec3(0.60, 0.57, 0.53);

// Light that falls on a wall from the line.
vec3 beamOn(vec3 x, vec3 n)
{
  vec3 w = beamFrom - x;
  float t = clamp(-dot(w, beamAlong), 0.0, beamSize.y);
  vec3 to = w + beamAlong * t; float off = max(length(to), beamSize.x);
  float facing = 0.15 + 0.85 * max(dot(n, to / off), 0.0), wide = 30.0 * beamSize.x + 0.4;
  float ringed = exp(-pow((off - beamAfter.x) / (0.10 * beamAfter.x + beamSize.x), 2.0)) * beamAfter.y;
  return BEAM_GLOW * (beamSize.z * facing * 5.0 * wide / (off + wide) * exp(-off / (400.0 * beamSize.x + 30.0)) + 1.6 * ringed * facing)
       + BEAM_GLOW * beamSize.w * 0.8 * facing / (1.0 + dot(w, w));
}

// What the air between the eye and a wall `far` off adds along a sight line, and how much dust (w) hides of it.
vec4 beamIn(vec3 dir, float far)
{
  vec3 w = beamFrom; float b = dot(dir, beamAlong), wd = dot(w, dir), wa = dot(w, beamAlong);
  float t = clamp((b * wd - wa) / max(1.0 - b * b, 1e-7), 0.0, beamSize.y);
  float s = clamp(dot(w + beamAlong * t, dir), 0.0, far);
  float off = length(w + beamAlong * t - dir * s), own = min(beamSize.x, 0.007 + 0.010 * t), wide = max(own, 1.1 * pixelAngle * s);
  float thin = own / wide, line = exp(-off * off / (wide * wide)), near_ = wide / (wide + off);
  vec3 light = (BEAM_CORE * 26.0 * line + BEAM_GLOW * 1.9 * near_ * near_ + BEAM_GLOW * 0.10 * near_) * beamSize.z * mix(0.5, 1.0, thin);
  float p = max(length(w - dir * clamp(wd, 0.0, far)), 1e-3), ball = 0.004 + 0.020 * beamSize.w;
  light += BEAM_GLOW * beamSize.w * (14.0 * exp(-p * p / (ball * ball)) + 0.30 * ball / p);
  float billow = value3(dir * 7.0 + beamAfter.w * 0.05) * 0.6 + value3(dir * 19.0 - beamAfter.w * 0.08) * 0.4;
  float hidden_ = beamAfter.z * exp(-off * off / (beamAfter.w * beamAfter.w)) * smoothstep(2.0, 12.0 * beamAfter.w, s) * (0.35 + 1.1 * billow);
  for (int i = 0; i < 3; i++)
  {
    float deep = (i == 0 ? 8.0 : i == 1 ? 34.0 : 130.0) * (0.4 + 0.5 * beamSize.x), at = (wa + deep) / (abs(b) > 1e-3 ? b : 1e-3);
    if (at <= 0.0 || at >= far) continue;
    float q = length(dir * at - w - beamAlong * deep), r = beamAfter.x * (1.0 - 0.22 * float(i)), e = (q - r) / (0.045 * r + 0.02);
    light += BEAM_GLOW * beamAfter.y * 0.55 * exp(-e * e) * (0.7 + 0.6 * value3(dir * 40.0));
  }
  return vec4(light, clamp(hidden_, 0.0, 1.0));
}
