// The face of a cut: a technical section. Warm grey concrete, fine lines at even radii (the layers), hatching, seams that glow at night.
vec3 section(vec3 x, vec3 n, float pixel, vec4 look)
{
  float height = (2.0 * eyeRadius * dot(eyeUp, x) + dot(x, x)) / (length(x - centre) + eyeRadius);
  float level = log2(pixel * 7.0) / 3.0;
  float k = clamp(floor(level) + 1.0, 0.0, 15.0), t = clamp(level - floor(level), 0.0, 1.0);
  float line = 0.0, seam = 0.0;
  for (int i = 0; i < 2; i++)
  {
    float o = min(k + float(i), 15.0);
    float pitch = exp2(3.0 * o);
    float cell = height / pitch + lattice[int(o) * 4 + 3];
    float f = abs(fract(cell) - 0.5);
    float soft = max(pixel / pitch, 1e-6);
    float l = clamp((f - 0.5) / soft + 1.2, 0.0, 1.0);
    float weight = i == 0 ? 1.0 - t : 0.9;
    line = max(line, l * weight * (0.55 + 0.45 * float(i)));
    float h = hash1(ivec2(int(mod(floor(cell + 0.5), 4096.0)), int(o)), 5U);
    seam = max(seam, l * weight * step(0.45, h) * h);
  }
  vec3 side = cross(n, eyeUp);
  float tone = 1.0 + 0.22 * (hash1(ivec2(int(mod(floor(height / exp2(3.0 * min(k + 1.0, 15.0)) + lattice[int(min(k + 1.0, 15.0)) * 4 + 3]), 4096.0)), 3), 9U) - 0.5);
  float day = daylight(hour + look.w / 256.0 * 24.0, duty);
  vec3 poche = vec3(0.40, 0.385, 0.36) * (int(look.x) == 0 ? 0.8 : 1.0) * tone;
  float lit = mix(0.34, 0.95, day);
  vec3 colour = poche * lit * (1.0 - 0.72 * line);
  colour += vec3(1.0, 0.72, 0.40) * seam * (1.0 - day) * 0.9 + vec3(0.75, 0.92, 1.0) * seam * day * 0.12;
  return colour * gain;
}
