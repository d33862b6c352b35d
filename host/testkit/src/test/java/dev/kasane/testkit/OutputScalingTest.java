package dev.kasane.testkit;

import dev.kasane.core.spi.AdapterMethod;

class OutputScalingTest extends AdapterMethodContract {
  @Override
  protected AdapterMethod method() {
    return new OutputScaling();
  }
}
