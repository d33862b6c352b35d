package dev.kasane.text.base;

import dev.kasane.core.UserException;
import dev.kasane.core.family.TrainingFacts;
import dev.kasane.core.files.CacheKey;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.spi.TrainingRecord;
import dev.kasane.core.spi.TrainingRecord.NumberedLayers;
import dev.kasane.text.checkpoint.TextCheckpoint;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a run on text is made of. */
final class TextTrainingFacts {
  /** Of each file of weights so much is looked at from both ends: reading tens of gigabytes takes minutes. */
  private static final int LOOKED_AT = 1 << 20;
  private static final String CACHED = "models--";

  private TextTrainingFacts() {}

  /**
   * Collects the facts.
   *
   * @param base the language model
   * @param data the data files
   * @param settings every option that the result depends on, by name
   * @param layers the numbered layers that are trained; nothing for all
   */
  static TrainingFacts of(
      TextCheckpoint base, List<Path> data, Map<String, String> settings, Optional<NumberedLayers> layers) {
    CacheKey run = new CacheKey("text-run-1").text(base.json().toString());
    try {
      for (Path file : weights(base.folder())) {
        run.text(file.getFileName().toString());
        ends(file, run);
      }
      for (Path file : data) {
        run.text(HexFormat.of().formatHex(InputFile.allBytes(file)));
      }
    } catch (IOException e) {
      throw new UserException("Cannot read the model or the data: " + e.getMessage() + ".", e);
    }
    new TreeMap<>(settings).forEach((name, value) -> run.text(name).text(value));
    TrainingRecord.Base trainedOn =
        new TrainingRecord.Base(name(base.folder()), TextFamily.LANGUAGE_MODEL.id(), false, Optional.empty(), Optional.empty());
    return new TrainingFacts(run.hex(), new TrainingRecord(trainedOn, layers, Optional.empty()));
  }

  /**
   * What others may call the base: its name on Hugging Face where it lies in that cache
   * ({@code models--OWNER--NAME/snapshots/REVISION}), else the folder's own name. Where it lies on this machine is
   * nobody's business, and PEFT needs the name only to find a base that it is not given.
   */
  static String name(Path folder) {
    Path place = folder.toAbsolutePath().normalize();
    for (Path part : place) {
      if (part.toString().startsWith(CACHED)) {
        return part.toString().substring(CACHED.length()).replace("--", "/");
      }
    }
    return place.getFileName() == null ? "" : place.getFileName().toString();
  }

  private static List<Path> weights(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().matches(".*\\.(safetensors|bin|json|model)")).sorted().toList();
    }
  }

  private static void ends(Path file, CacheKey key) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(InputFile.require(file).toFile(), "r")) {
      key.number(in.length());
      byte[] part = new byte[(int) Math.min(LOOKED_AT, in.length())];
      in.readFully(part);
      key.text(HexFormat.of().formatHex(part));
      in.seek(in.length() - part.length);
      in.readFully(part);
      key.text(HexFormat.of().formatHex(part));
    }
  }
}
