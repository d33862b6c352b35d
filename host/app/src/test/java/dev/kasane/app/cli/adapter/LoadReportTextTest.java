package dev.kasane.app.cli.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.app.adapter.LoadReport;
import dev.kasane.core.injection.InjectionReport;
import dev.kasane.core.spi.UnmatchedKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoadReportTextTest {
  @Test
  void keysThatFailForOneCauseShareALine() {
    List<UnmatchedKey> alike = IntStream.range(0, 40).mapToObj(i ->
        new UnmatchedKey("lora_x_" + i, "is mangled; it was meant for layer down_blocks." + i + ".to_q")).toList();
    List<UnmatchedKey> all = Stream.concat(alike.stream(),
        Stream.of(new UnmatchedKey("score.weight", "the base has no layer score"))).toList();
    LoadReport report = new LoadReport(Path.of("a.safetensors"), "kohya", "sd1",
        new InjectionReport(List.of(), all, List.of(), Map.of(), Set.of()), Map.of(), List.of());

    assertThat(LoadReportText.lines(report)).filteredOn(line -> line.contains("UNMATCHED")).containsExactly(
        "  UNMATCHED 40 keys, such as lora_x_0: is mangled; it was meant for layer down_blocks.0.to_q",
        "  UNMATCHED score.weight: the base has no layer score");
  }
}
