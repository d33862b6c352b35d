package dev.kasane.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class OperatorThreadsTest {
  private static OperatorThreads of(int most, int processors) {
    return new OperatorThreads(most, processors,
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class));
  }

  @Test
  void allWhereNothingElseRuns() {
    assertThat(of(2, 2).threadsBeside(0.1)).isEqualTo(2);
    assertThat(of(8, 16).threadsBeside(7.6)).as("hyperthreads: eight are free").isEqualTo(8);
    assertThat(of(4, 4).threadsBeside(-4)).as("a system that does not say").isEqualTo(4);
  }

  @Test
  void theRestBesideOtherWorkAndNeverNone() {
    assertThat(of(16, 16).threadsBeside(3.8)).isEqualTo(12);
    assertThat(of(2, 2).threadsBeside(1)).isEqualTo(1);
    assertThat(of(2, 2).threadsBeside(1.9)).isEqualTo(1);
  }

  @Test
  void noMoreThanAContainerMayUse() {
    assertThat(of(64, 4).threadsBeside(0)).isEqualTo(4);
  }

  @Test
  void moreOnlyWhenItStaysQuiet() {
    OperatorThreads threads = of(4, 4);
    assertThat(threads.threadsBeside(3)).isEqualTo(1);
    assertThat(threads.threadsBeside(0)).isEqualTo(1);
    assertThat(threads.threadsBeside(3)).isEqualTo(1);
    assertThat(threads.threadsBeside(0)).isEqualTo(1);
    assertThat(threads.threadsBeside(0)).isEqualTo(4);
  }

  @Test
  void aloneKeepsOperatorsOnTheirThreadAndGivesThemBack() {
    int before = Engines.threads();
    try (OperatorThreads.Alone alone = OperatorThreads.alone()) {
      assertThat(Engines.threads()).isEqualTo(1);
    }
    assertThat(Engines.threads()).isEqualTo(before);
  }
}
