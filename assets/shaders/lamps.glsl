// The few lamps nearest the eye: light on what is about them, and a glow in the haze, in closed form along the line of sight.
vec3 lampColour(int i)
{
  vec3 c = vec3(lamps[8 * i + 3], lamps[8 * i + 4], lamps[8 * i + 5]);
  return c * (c.r > c.b ? lightWarm / vec3(1.0, 0.66, 0.30) : lightCold / vec3(0.62, 0.90, 1.0));      // as the style has them
}

vec3 lampsOn(vec3 x, vec3 n)
{
  vec3 sum = vec3(0.0);
  for (int i = 0; i < LAMPS; i++)
  {
    vec3 to = vec3(lamps[8 * i], lamps[8 * i + 1], lamps[8 * i + 2]) - x;
    float area = lamps[8 * i + 6], far = dot(to, to) + area;
    float facing = clamp(0.15 + 0.85 * dot(n, to) * inversesqrt(far), 0.0, 1.0);
    sum += lampColour(i) * (area * facing / far);
  }
  sum *= 30.0;
  return sum * (mix(0.95, 0.21, indoors) * pow(luminance(sum) + 1e-3, -0.4));      // an eye adapts: at arm's length a wall is lit, not burnt
}

vec3 lampsIn(vec3 dir, float far)
{
  vec3 sum = vec3(0.0);
  for (int i = 0; i < LAMPS; i++)
  {
    vec3 to = vec3(lamps[8 * i], lamps[8 * i + 1], lamps[8 * i + 2]);
    float along = dot(to, dir), h = sqrt(max(dot(to, to) - along * along, 0.0) + lamps[8 * i + 6] * 4.0);
    float arc = (atan((far - along) / h) + atan(along / h)) / h;
    sum += lampColour(i) * (lamps[8 * i + 6] * arc);
  }
  sum *= 45.0 / max(hazeLength, 800.0);
  return sum / (1.0 + mix(0.35, 1.2, indoors) * luminance(sum));
}
