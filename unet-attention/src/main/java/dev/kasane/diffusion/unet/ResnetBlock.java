package dev.kasane.diffusion.unet;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.diffusion.unet.UNetOps.UNET;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;

/** Two convolutions with normalisation and a residual connection; the U-Net's adds the timestep between. */
public final class ResnetBlock extends Module {
  private final GroupNorm norm1;
  private final Conv2d conv1;
  private final Linear timeProjection;
  private final GroupNorm norm2;
  private final Conv2d conv2;
  private final Conv2d shortcut;

  /**
   * @param inputs input channels
   * @param outputs output channels
   * @param timeWidth width of the embedded timestep, 0 for none (the VAE)
   * @param groups groups of the normalisations
   * @param epsilon epsilon of the normalisations
   */
  public ResnetBlock(long inputs, long outputs, long timeWidth, int groups, double epsilon) {
    norm1 = child("norm1", new GroupNorm(groups, inputs, epsilon));
    conv1 = child("conv1", new Conv2d(inputs, outputs, 3, 1, 1));
    timeProjection = timeWidth == 0 ? null : child("time_emb_proj", new Linear(timeWidth, outputs, true));
    norm2 = child("norm2", new GroupNorm(groups, outputs, epsilon));
    conv2 = child("conv2", new Conv2d(outputs, outputs, 3, 1, 1));
    shortcut = inputs == outputs ? null : child("conv_shortcut", new Conv2d(inputs, outputs, 1, 1, 0));
  }

  /**
   * @param x (batch, inputs, height, width)
   * @param time SiLU of the embedded timestep, (batch, timeWidth); null for the VAE
   */
  public NDArray forward(NDArray x, NDArray time) {
    try (NDArray hidden = convolved(norm1, conv1, x)) {
      if (timeProjection != null) {
        addTime(hidden, time);
      }
      return addBase(convolved(norm2, conv2, hidden), x);
    }
  }

  private static NDArray convolved(GroupNorm norm, Conv2d conv, NDArray x) {
    try (NDArray activated = norm.forwardSilu(x)) {
      return conv.forward(activated);
    }
  }

  private void addTime(NDArray hidden, NDArray time) {
    try (NDArray projected = timeProjection.forward(time)) {
      UNET.addTime(hidden, projected);
    }
  }

  private NDArray addBase(NDArray hidden, NDArray x) {
    if (shortcut == null) {
      return OPS.addScaled(hidden, x, 1);
    }
    try (NDArray base = shortcut.forward(x)) {
      return OPS.addScaled(hidden, base, 1);
    }
  }
}
