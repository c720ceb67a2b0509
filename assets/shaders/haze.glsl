// Haze in closed form: its optical depth, which grows with distance and falls off with height over the floor, with a floor under it.
float hazeDepth(vec3 x, float far)
{
  float h1 = (2.0 * eyeRadius * dot(eyeUp, x) + dot(x, x)) / (length(x - centre) + eyeRadius);
  float a = clamp(eyeHeight / hazeHeight, -3.0, 60.0), b = clamp((eyeHeight + h1) / hazeHeight, -3.0, 60.0);
  float mean = abs(a - b) < 1e-3 ? exp(-a) : (exp(-min(a, b)) - exp(-max(a, b))) / abs(a - b);
  float thick = 0.3 + 0.7 * min(mean, 1.6);
  return far / hazeLength * thick;
}

// Near air stands in the shade of what is built; what is far is seen through lit air: so depth brightens.
float hazeGlow(float share) { return mix(0.16, 1.18, share * share * (3.0 - 2.0 * share)); }

// Day and night of the air; the abyss below is black at any hour.
vec3 hazeColour(vec3 dir, float day)
{
  float rise = dot(dir, eyeUp);
  vec3 noon = mix(airNoonLow, airNoonHigh, smoothstep(-0.8, 0.6, rise));
  vec3 dark = mix(airNightLow, airNightHigh, smoothstep(-0.10, 0.75, rise));
  vec3 air = mix(mix(dark, noon, day * sqrt(day)), airAbyss * (0.35 + 0.65 * day), smoothstep(-0.30, -0.95, rise));
  return mix(air, airAbyss + 0.11 * airNoonLow * day + 0.24 * airNightLow * (1.0 - day), indoors) * gain;
}
