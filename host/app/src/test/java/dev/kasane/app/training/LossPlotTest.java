package dev.kasane.app.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossPlotTest {
  @Test
  void theRunningMeanIsNotHeldUpByTheFirstLoss() {
    List<Double> losses = new ArrayList<>(Collections.nCopies(500, 0.1));
    losses.set(0, 1.0);
    List<Double> mean = LossPlot.smooth(losses);
    assertThat(mean.get(0)).isCloseTo(1, within(1e-9));
    assertThat(mean.get(1)).isCloseTo(0.55, within(0.01));
    assertThat(mean.get(50)).isLessThan(0.12);
    assertThat(mean.get(499)).isCloseTo(0.1, within(1e-3));
  }

  @Test
  void theMeanOfEqualLossesIsTheLoss() {
    assertThat(LossPlot.smooth(Collections.nCopies(30, 0.25))).allSatisfy(
        mean -> assertThat(mean).isCloseTo(0.25, within(1e-12)));
  }
}
