package dev.kasane.app.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.core.training.TrainingListener.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossLogTest {
  @TempDir
  private Path folder;

  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("loss.csv");
  }

  private static void log(LossLog log, long from, long to) {
    LongStream.rangeClosed(from, to).forEach(step -> {
      log.onStep(new StepReport(step, 1.0 / step, 1e-4 / 3, 0.1 * step));
      if (step % 2 == 0) {
        log.validation(step, Math.sqrt(step));
      }
    });
  }

  /** The file of a run that was not stopped. */
  private String whole() throws IOException {
    Path other = folder.resolve("whole.csv");
    log(new LossLog(other, 0), 1, 6);
    return Files.readString(other);
  }

  @Test
  void goesOnWhereTheCheckpointIs() throws IOException {
    log(new LossLog(file, 0), 1, 5);
    LossLog resumed = new LossLog(file, 4);
    assertThat(resumed.points()).hasSize(4 + 2);
    log(resumed, 5, 6);

    assertThat(Files.readString(file)).isEqualTo(whole());
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void dropsHalfALineEvenIfItLooksWhole() throws IOException {
    log(new LossLog(file, 0), 1, 4);
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 4));

    LossLog resumed = new LossLog(file, 4);
    assertThat(resumed.points()).hasSize(4 + 1);
    assertThat(Files.readString(file)).endsWith("\n").doesNotContain(text.lines().toList().get(6));
  }

  @Test
  void startsAnewWithoutACheckpoint() throws IOException {
    log(new LossLog(file, 0), 1, 4);
    assertThat(new LossLog(file, 0).points()).isEmpty();
    assertThat(Files.readString(file)).isEqualTo("step,loss,learning_rate,gradient_norm,validation_loss\n");
  }

  @Test
  void saysWhatIsWrongWithAFileThatSomeoneEdited() throws IOException {
    Files.writeString(file, "step,loss,learning_rate,gradient_norm,validation_loss\n1,a,b,c,d\n");
    assertThatThrownBy(() -> new LossLog(file, 4)).isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString()).hasMessageContaining("Remove it");
  }

  @Test
  void saysWhatToDoWhenItCannotWrite() throws IOException {
    LossLog log = new LossLog(file, 0);
    Files.delete(file);
    Files.createDirectory(file);
    assertThatThrownBy(() -> log(log, 1, 1)).isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString()).hasMessageContaining("run the same command again");
  }

  @Test
  void isDrawn() throws IOException {
    LossLog log = new LossLog(file, 0);
    Path empty = folder.resolve("empty.png");
    LossPlot.write(log.points(), empty);
    log(log, 1, 40);
    Path plot = folder.resolve("loss.png");
    LossPlot.write(log.points(), plot);

    assertThat(ImageIO.read(plot.toFile())).satisfies(picture -> {
      assertThat(picture.getWidth()).isEqualTo(900);
      assertThat(picture.getHeight()).isEqualTo(500);
    });
    assertThat(colours(plot)).as("a curve each").isGreaterThan(colours(empty) + 2);
  }

  private static long colours(Path plot) throws IOException {
    var picture = ImageIO.read(plot.toFile());
    return Arrays.stream(
        picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth()))
        .distinct().count();
  }
}
