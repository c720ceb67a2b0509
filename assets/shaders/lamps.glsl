// The few lamps nearest the eye: light on what is about them, and a glow in the haze, in closed form along the line of sight.
// Their colours come as the style has them.
vec3 lampColour(int i) { return vec3(lamps[8 * i + 3], lamps[8 * i + 4], lamps[8 * i + 5]); }

// The angle, 0 to pi, of a way `across` (0 or more) and `along` (Abramowitz and Stegun 4.4.49): within 1e-5, for a fraction of the driver's.
float arcOf(float across, float along)
{
  float r = (abs(along) - across) / (abs(along) + across), q = r * r;
  float arc = 0.78539816 - r * (0.9998660 + q * (-0.3302995 + q * (0.1801410 + q * (-0.0851330 + q * 0.0208351))));
  return along < 0.0 ? 3.14159265 - arc : arc;
}

vec3 lampsOn(vec3 x, vec3 n)
{
  vec3 sum = vec3(0.0);
  for (int i = 0; i < LAMPS; i++)
  {
    vec3 to = vec3(lamps[8 * i], lamps[8 * i + 1], lamps[8 * i + 2]) - x;
    float area = lamps[8 * i + 6], back = inversesqrt(dot(to, to) + area);
    float facing = clamp(0.15 + 0.85 * dot(n, to) * back, 0.0, 1.0);
    sum += lampColour(i) * (area * facing * back * back);
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
    float arc = arcOf(far * h, h * h - (far - along) * along) / h;        // of two tangents' sum: one arc, not two
    sum += lampColour(i) * (lamps[8 * i + 6] * arc);
  }
  sum *= 45.0 / max(hazeLength, 800.0);
  return sum / (1.0 + mix(0.35, 1.2, indoors) * luminance(sum));
}
