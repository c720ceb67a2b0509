//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
//INCLUDE common.glsl
//INCLUDE screen.glsl
//INCLUDE edges.glsl
in vec2 uv;
flat in float adapted;

vec3 filmic(vec3 x) { return clamp((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0); }   // Narkowicz 2015

#ifdef MOTION
// Where the light that a passenger sees at a spot of the picture was drawn (aberration), and how its change of pitch tints it (Doppler):
// viewer/motion.py says the same. All light is taken for that of a black body of 6500 K, which looks one that is as many times as hot.
vec3 planck(float kelvin) { return 1.0 / (exp(14387.77 / (vec3(0.61, 0.55, 0.465) * kelvin)) - 1.0); }
vec2 drawnAt(vec2 spot, out vec3 tint)
{
  vec3 sight = normalize(vec3((spot * 2.0 - 1.0 - ownLens.zw) / ownLens.xy, -1.0));
  float seen = dot(sight, heading), truly = (seen - beta) / (1.0 - beta * seen);
  vec3 aside = sight - seen * heading;
  vec3 way = truly * heading + aside * (sqrt(max(1.0 - truly * truly, 0.0)) / max(length(aside), 1e-6));
  vec3 there = vec3(dot(turnX, way), dot(turnY, way), dot(turnZ, way));
  vec2 from = there.z < 0.0 ? (lens.xy * there.xy / -there.z + lens.zw) * 0.5 + 0.5 : vec2(-1.0);
  vec2 inward = smoothstep(0.0, 0.03, min(from, 1.0 - from));
  float pitch = sqrt(1.0 - beta * beta) / (1.0 - beta * seen);
  tint = inward.x * inward.y * motionGain * planck(6500.0 * pitch) / planck(6500.0);
  return clamp(from, 0.0, 0.9999);
}
#endif

#ifdef LOSS
// The wave in which people lose the gene, as geometry/fields.py has it: it glows where it passes, and leaves the City darker.
vec3 bereft(vec3 colour, vec2 spot, float inverse)
{
  if (inverse <= 0.0) return colour;
  vec3 at = transpose(toView) * viewPoint(spot, inverse);
  float away = 1e30;
  for (int i = 0; i < LOSS; i++) away = min(away, length(at - vec3(lossPlaces[3 * i], lossPlaces[3 * i + 1], lossPlaces[3 * i + 2])));
  float t = clamp((lossEdge - away) / lossWidth, 0.0, 1.0);
  t = t * t * (3.0 - 2.0 * t);
  vec3 dark = colour * mix(vec3(1.0), vec3(0.40, 0.33, 0.36), t * lossStrength);
  return dark + 4.0 * t * (1.0 - t) * lossStrength * vec3(0.55, 0.09, 0.04) * (0.10 + luminance(colour));
}
#endif

// Light as bright as it will be on the screen, roughly, and back: where one of two is far brighter, an edge between them would else be a step.
float bright() { return drawn > 0.5 ? 0.0 : 0.74; }
vec3 dimmed(vec3 colour) { return colour / (1.0 + bright() * luminance(colour)); }
vec3 undimmed(vec3 colour) { return colour / max(1.0 - bright() * luminance(colour), 1e-3); }

// Where a face ends within a pixel, the pixel is part of what lies beside it: to the left, to the right, below, above. What is thinner than a
// pixel covers it by a share; behind it lies what is beside it.
vec3 seenThrough(vec2 spot)
{
  ivec2 size = textureSize(lit, 0), c = ivec2(spot * vec2(size)), last = size - 1;
  vec4 own = texelFetch(lit, c, 0);
  vec4 l = texelFetch(lit, ivec2(max(c.x - 1, 0), c.y), 0), r = texelFetch(lit, ivec2(min(c.x + 1, last.x), c.y), 0);
  vec4 b = texelFetch(lit, ivec2(c.x, max(c.y - 1, 0)), 0), a = texelFetch(lit, ivec2(c.x, min(c.y + 1, last.y)), 0);
#ifdef MOTION
  own.rgb = texture(lit, spot).rgb;                        // bent: between pixels
#endif
  float mine; vec4 cover;
  vec4 ends = 0.5 - unpackEnds(own.a, mine);
  vec4 theirs = vec4(unpackEnds(l.a, cover.x).y, unpackEnds(r.a, cover.y).x, unpackEnds(b.a, cover.z).w, unpackEnds(a.a, cover.w).z);
  vec4 share = max(max(ends, (theirs - 0.5) * step(theirs, vec4(1.01)) * cover), 0.0);       // theirs goes on into this pixel, and ends there
  vec2 axes = vec2(share.x + share.y, share.z + share.w);
  share *= axes.x >= axes.y ? vec4(1.0, 1.0, 0.0, 0.0) : vec4(0.0, 0.0, 1.0, 1.0);
  share /= max(max(axes.x, axes.y), 1.0);
  vec4 behind = cover * cover; behind = behind * behind + 1e-4;
#ifdef ALONE
  vec4 there = step(0.0, vec4(l.a, r.a, b.a, a.a)) * step(0.0, own.a) + 1e-9;        // what is cut out keeps its own colour to its edge
  share *= there; behind *= there;
#endif
  float rest = 1.0 - dot(share, vec4(1.0));
  share += behind * (rest * (1.0 - mine) / dot(behind, vec4(1.0)));
  return undimmed(dimmed(l.rgb) * share.x + dimmed(r.rgb) * share.y + dimmed(b.rgb) * share.z + dimmed(a.rgb) * share.w + dimmed(own.rgb) * (rest * mine));
}

void main()
{
  vec2 spot = uv;
#ifdef MOTION
  vec3 tint;
  spot = drawnAt(uv, tint);
#endif
#if defined(PICKED) || defined(LOSS)
  float inverse = texelFetch(gbuffer, ivec2(spot * vec2(textureSize(gbuffer, 0))), 0).g;
#endif
#ifdef PICKED
  gl_FragDepth = inverse > 0.0 ? depthOf(1.0 / inverse) : 1.0;           // a window is asked what lies behind a pixel, a still is not
#endif
  vec3 colour = seenThrough(spot);
  colour += texture(glow, spot).rgb * gradeGlow;
#ifdef MOTION
  colour *= tint;
#endif
  if (drawn > 0.5) { fragOutput0 = vec4(clamp(colour * gradeExposure, 0.0, 1.0), 1.0); return; }       // a drawing is in the screen's own colours
#ifdef LOSS
  colour = bereft(colour, spot, inverse);
#endif
  colour *= 0.74 * adapted * gradeExposure;
  colour = filmic(colour * 0.95);
  colour = pow(colour, vec3(1.0 / 2.2));
  colour = mix(colour, colour * colour * (3.0 - 2.0 * colour), gradeContrast);
  float tone = luminance(colour);
  colour = mix(vec3(tone), colour, gradeSaturation);
  colour += gradeMiddle * tone * (1.0 - tone) * 4.0;
  vec2 whole = (lens.zw + 1.0) / pixelShare + 2.0 * origin;             // a tile is darkened as its part of the picture, not by itself
  vec2 away = (gl_FragCoord.xy + origin) / whole - 0.5;
  colour *= 1.0 - gradeVignette * dot(away, away);
  float grain = unit(mixBits(uint(gl_FragCoord.x + origin.x) * 2654435761U ^ mixBits(uint(gl_FragCoord.y + origin.y)))) - 0.5;
  colour += grain * gradeGrain;
  fragOutput0 = vec4(clamp(colour, 0.0, 1.0), 1.0);
}
