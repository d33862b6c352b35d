package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found out before anything is drawn; {@code GenerateImageIT} draws. */
class GenerateImageCommandTest {
  private static final Path TINY = Path.of(System.getProperty("kasane.root"),
      "unet-attention/src/test/resources/golden/sd1-tiny");

  private final CommandHarness kasane = new CommandHarness();

  @TempDir
  private Path folder;

  private int generate(String... arguments) {
    List<String> all = new ArrayList<>(List.of("generate", "image", "--base", TINY.toString(),
        "--out", folder.resolve("out.png").toString()));
    all.addAll(Arrays.asList(arguments));
    return kasane.run(all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "--size=100|'100' should be WIDTHxHEIGHT",
    "--size=0x64|'0x64' should be WIDTHxHEIGHT",
    "--size=65x64|--size is 65x64, expected multiples of",
    "--size=99999x64|--size is 99999x64",
    "--steps=0|--steps is 0, expected 1 to 1000",
    "--steps=many|--steps",
    "--cfg=-1|--cfg is -1.0, expected 0 to 100",
    "--clip-skip=99|--clip-skip is 99, expected 0 to",
    "--count=0|--count is 0, expected 1 to 10000",
    "--strength=0.5|--strength has no meaning without --init",
    "--scheduler=dpmp-2m|Did you mean \"dpmpp-2m\"?",
    "--dtype=int4|'int4' is no precision",
    "--prediction-type=x0|'x0' is nothing that a U-Net predicts",
    "--adapter=style:|should be FILE or FILE:weight",
    "--adapter-accept=all|Use unmatched or misshapen",
    "--out=picture.jpg|PNG files",
    "--prompt=a house <lora:inkprint:0.8>|the prompt has the tag '<lora:inkprint:0.8>'",
    "--prompt=<lyco:ink> a house|--adapter \"ink.safetensors:1\"",
    "--negative=<hypernet:ink:1>|Kasane has no hypernetworks",
    "--stepz=3|Did you mean '--steps'?"
  })
  void wrongOptionsAreExitCodeTwo(String option, String message) {
    assertThat(generate("--prompt=a cat", option)).isEqualTo(2);
    assertThat(kasane.err()).startsWith("kasane: ").contains(message, "Usage: kasane generate image");
    assertThat(kasane.out()).isEmpty();
  }

  @Test
  void wantsAPrompt() {
    assertThat(generate()).isEqualTo(2);
    assertThat(kasane.err()).contains("--prompt");
  }

  @Test
  void namesAMissingBase() {
    assertThat(kasane.run("generate", "image", "--prompt=a cat", "--base", folder.resolve("none").toString()))
        .isEqualTo(1);
    assertThat(kasane.err()).contains("There is no base model " + folder.resolve("none"));
  }

  @Test
  void namesAStartPictureThatCannotBeRead() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.png"), "nothing");

    assertThat(generate("--prompt=a cat", "--init=" + broken)).isEqualTo(1);
    assertThat(kasane.err()).startsWith("kasane: ").contains("broken.png");
  }

  @Test
  void aSavedRecipeKnowsTheSeedThatWasDrawnByLot() throws IOException {
    Path saved = folder.resolve("saved.yaml");

    // The clip skip is out of range, so that it ends before drawing; the recipe is saved before that.
    assertThat(generate("--prompt=a cat", "--adapter=C:\\x.safetensors:0.5", "--adapter-accept=unmatched",
        "--size=64x32", "--clip-skip=99", "--save-recipe=" + saved)).isEqualTo(2);
    String first = Files.readString(saved);
    assertThat(first).containsPattern("seed: \\d+").contains("a cat", "C:\\x.safetensors:0.5");

    Path again = folder.resolve("again.yaml");
    assertThat(kasane.run("generate", "image", "--recipe=" + saved, "--save-recipe=" + again)).isEqualTo(2);
    assertThat(kasane.err()).contains("Option clip-skip (" + saved + ", line ", ") is 99, expected");
    assertThat(Files.readAllLines(again).stream()).containsExactlyElementsOf(
        first.lines().takeWhile(line -> !line.startsWith("# The command line")).toList());
  }
}
