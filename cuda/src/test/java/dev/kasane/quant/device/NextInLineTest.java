package dev.kasane.quant.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NextInLineTest {
  private final NextInLine<String> line = new NextInLine<>();

  /** Asks for all of them and returns how many came as foretold. */
  private int foretold(List<String> asked) {
    int right = 0;
    Optional<String> next = Optional.empty();
    for (String each : asked) {
      right += next.filter(each::equals).isPresent() ? 1 : 0;
      next = line.after(each);
    }
    return right;
  }

  /** Forward, then backward in segments of two, as a step of training goes. */
  private static List<String> step(int segments) {
    List<String> asked = new ArrayList<>();
    IntStream.range(0, segments).forEach(each -> asked.addAll(List.of(("a" + each).intern(), ("b" + each).intern())));
    IntStream.iterate(segments - 1, each -> each >= 0, each -> each - 1)
        .forEach(each -> asked.addAll(List.of(("a" + each).intern(), ("b" + each).intern())));
    return asked;
  }

  @Test
  void whatRepeatsItselfIsForetold() {
    List<String> step = step(10);
    assertThat(foretold(step)).as("inside of segments already").isGreaterThanOrEqualTo(8);
    foretold(step);
    assertThat(foretold(step)).isEqualTo(step.size() - 1);
    assertThat(line.after(step.get(0))).contains(step.get(1));
  }

  @Test
  void nothingIsForetoldOfWhatIsNew() {
    assertThat(foretold(List.of("a", "b", "c"))).isZero();
    assertThat(line.after("d")).isEmpty();
  }

  /** A sample between two steps goes another way; the step after it is known again at its second weight. */
  @Test
  void anInterruptionIsForgiven() {
    List<String> step = step(6);
    IntStream.range(0, 3).forEach(each -> foretold(step));
    foretold(step.subList(0, 12));
    assertThat(foretold(step)).isGreaterThanOrEqualTo(step.size() - 2);
  }

  @Test
  void whatLiesLongBackIsForgotten() {
    List<String> step = step(700);
    IntStream.range(0, 5).forEach(each -> foretold(step));
    assertThat(foretold(step)).isEqualTo(step.size() - 1);
  }
}
