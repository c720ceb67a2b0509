// For the last pass in one number of 24 bits: how far a face goes on to the left, to the right, down and up, in 14ths of a pixel and up
// to one, or 15 of them: farther; and in 255ths how much of its pixel a thin part covers. Below 0: nothing is there.
const float ENDLESS = 16777215.0;

float packEnds(vec4 pixels, float cover)
{
  vec4 q = floor(clamp(pixels * 14.0, 0.0, 15.0) + 0.5);
  return dot(q, vec4(1.0, 16.0, 256.0, 4096.0)) + floor(cover * 255.0 + 0.5) * 65536.0;
}
vec4 unpackEnds(float code, out float cover)
{
  vec4 q = floor(abs(code) * vec4(1.0, 0.0625, 0.00390625, 0.000244140625));
  float whole = floor(q.w * 0.0625);
  cover = whole / 255.0;
  return (q - 16.0 * vec4(q.yzw, whole)) / 14.0;
}
