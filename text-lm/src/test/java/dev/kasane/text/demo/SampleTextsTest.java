package dev.kasane.text.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample texts of the distribution are those that the program writes. */
class SampleTextsTest {
  private static final Path SAMPLES = Path.of("src", "main", "samples", "descriptions.jsonl");
  private static final int RECORDS = 320;

  @TempDir
  private Path folder;

  @Test
  void theFileIsWhatTheProgramGenerates() throws IOException {
    Path fresh = folder.resolve("descriptions.jsonl");
    DemoInstructions.write(DemoInstructions.training(RECORDS), fresh);
    if (Boolean.getBoolean("kasane.write-samples")) {
      Files.copy(fresh, SAMPLES, StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(SAMPLES).hasSameTextualContentAs(fresh);
  }
}
