// Haze in closed form: exponential in distance and in height over the floor, with a floor under it, uneven as weather is.
float hazeShare(vec3 x, float far, vec3 dir)
{
  float h1 = (2.0 * eyeRadius * dot(eyeUp, x) + dot(x, x)) / (length(x - centre) + eyeRadius);
  float a = clamp(eyeHeight / hazeHeight, -3.0, 60.0), b = clamp((eyeHeight + h1) / hazeHeight, -3.0, 60.0);
  float mean = abs(a - b) < 1e-3 ? exp(-a) : (exp(-min(a, b)) - exp(-max(a, b))) / abs(a - b);
  float thick = 0.3 + 0.7 * min(mean, 1.6);
  return 1.0 - exp(-far / hazeLength * thick);
}

vec3 hazeColour(vec3 dir, float day)
{
  float rise = dot(dir, eyeUp);
  vec3 noon = mix(vec3(0.66, 0.74, 0.77), vec3(0.98, 1.02, 1.03), smoothstep(-0.7, 0.75, rise));
  vec3 dark = mix(vec3(0.060, 0.085, 0.105), vec3(0.012, 0.018, 0.026), smoothstep(-0.55, 0.6, rise));
  return mix(dark, noon, day) * gain;
}
