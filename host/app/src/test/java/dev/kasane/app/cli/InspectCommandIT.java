package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Distribution.class)
class InspectCommandIT {
  private static final Path KOHYA = Path.of(System.getProperty("kasane.root"),
      "plugins/kohya/src/test/resources/golden/sd1-tiny-kohya.safetensors");

  private final CommandHarness kasane = new CommandHarness();

  @TempDir
  private Path folder;

  @Test
  void printsForPeople() {
    assertThat(kasane.run("inspect", KOHYA.toString())).isZero();

    assertThat(kasane.out()).startsWith(KOHYA.toString())
        .containsPattern("format +kohya").containsPattern("method +locon").containsPattern("base +sd1")
        .containsPattern("modules +215").containsPattern("ranks +2, 4").doesNotContain("PROBLEM");
    assertThat(kasane.err()).isEmpty();
  }

  @Test
  void printsForPrograms() throws IOException {
    assertThat(kasane.run("inspect", "--json", "--hashes", KOHYA.toString())).isZero();

    JsonNode json = new ObjectMapper().readTree(kasane.out());
    assertThat(json.at("/format").asText()).isEqualTo("kohya");
    assertThat(json.at("/modules").asInt()).isEqualTo(215);
    assertThat(json.at("/ranks/1").asInt()).isEqualTo(4);
    assertThat(json.at("/dtypes/0").asText()).isEqualTo("F16");
    assertThat(json.at("/metadata/ss_v2").asText()).isEqualTo("False");
    assertThat(json.at("/hashes/SHA256").asText()).hasSize(64);
    assertThat(json.at("/problems").isEmpty()).isTrue();
  }

  @Test
  void damageIsAProblemInTheResultAndExitCodeOne() throws IOException {
    byte[] whole = Files.readAllBytes(KOHYA);
    Path cut = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, whole.length - 1));

    assertThat(kasane.run("inspect", "--json", cut.toString())).isEqualTo(1);
    assertThat(new ObjectMapper().readTree(kasane.out()).at("/problems/0").asText()).contains(cut.toString());
    assertThat(kasane.err()).isEmpty();
  }

  @Test
  void absenceIsAFailure() {
    assertThat(kasane.run("inspect", "--json", folder.resolve("no.safetensors").toString())).isEqualTo(1);
    assertThat(kasane.out()).isEmpty();
    assertThat(kasane.err()).startsWith("kasane: ").contains("no.safetensors", "no such file");
  }

  @Test
  void aStrangersMetadataDoNotSteerTheTerminal() throws IOException {
    Path file = folder.resolve("evil.safetensors");
    SafetensorsWriter.write(file,
        List.of(TensorDeclaration.ofFloats("emb_params", DType.F32, new long[] {1}, new float[1])),
        Map.of("ss_training_comment", "\u001b[2Jgone\nnext", "modelspec.title", "t".repeat(5000)));

    kasane.run("inspect", file.toString());

    assertThat(kasane.out()).contains("\\u001b[2Jgone\\nnext").doesNotContain("\u001b");
    assertThat(kasane.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(300));
  }

  /** More tensors than a process can map one by one, and enough to show what grows with their square. */
  @Test
  void aHeaderOfVeryManyTensorsIsNoTrouble() throws IOException {
    Path file = folder.resolve("many.safetensors");
    List<TensorDeclaration> tensors = IntStream.range(0, 100_000).mapToObj(i -> TensorDeclaration.ofFloats(
        "lora_unet_x" + i + ".alpha", DType.F32, new long[] {1}, new float[] {i})).toList();
    SafetensorsWriter.write(file, tensors, Map.of());
    assertTimeoutPreemptively(Duration.ofSeconds(60),
        () -> assertThat(kasane.run("inspect", "--json", file.toString())).isEqualTo(1));
    assertThat(kasane.out()).contains("100000");
  }
}
