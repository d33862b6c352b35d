# Losses for training the demo base. See BaseLosses.java.

# z = mean + exp(logvar / 2) * noise, from the generator's next numbers
def sample_latents(self, moments: Tensor) -> Tensor:
  mean, logvar = torch.chunk(moments, 2, 1)
  std = torch.exp(torch.mul(torch.clamp(logvar, -30., 20.), 0.5))
  return torch.add(mean, torch.mul(std, torch.randn_like(mean)))

# Error of pixels, of their differences to the right and down (edges) and of the mean colours of 8x8 tiles,
# and a little pull of the latents towards a standard normal. Kingma & Welling 2014; weights by trial.
def autoencoder(self, decoded: Tensor, target: Tensor, moments: Tensor, kl: float) -> Tensor:
  d = torch.to(decoded, 6)
  error = torch.sub(d, target)
  pixels = torch.add(torch.mean(torch.abs(error)), torch.mean(torch.mul(error, error)), alpha=4)
  right = torch.sub(torch.slice(error, 3, 1), torch.slice(error, 3, 0, -1))
  down = torch.sub(torch.slice(error, 2, 1), torch.slice(error, 2, 0, -1))
  edges = torch.add(torch.mean(torch.abs(right)), torch.mean(torch.abs(down)))
  tiles = torch.mean(torch.abs(torch.avg_pool2d(error, [8, 8], [8, 8], [0, 0], False, True, None)))
  picture = torch.add(torch.add(pixels, edges, alpha=0.5), tiles, alpha=2)
  mean, logvar = torch.chunk(torch.to(moments, 6), 2, 1)
  clamped = torch.clamp(logvar, -30., 20.)
  divergence = torch.mean(torch.sub(torch.add(torch.mul(mean, mean), torch.exp(clamped)), torch.add(clamped, 1.)))
  return torch.add(picture, torch.mul(divergence, 0.5 * kl))
