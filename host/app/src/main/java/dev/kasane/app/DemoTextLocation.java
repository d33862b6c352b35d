package dev.kasane.app;

import dev.kasane.core.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the language model and the texts lie that come with Kasane. */
public final class DemoTextLocation {
  private DemoTextLocation() {}

  /**
   * The demo language model: {@code bases/demo-text} in the distribution.
   *
   * @throws UserException when this distribution has none
   */
  public static Path base() {
    return Home.folder().map(home -> home.resolve("bases").resolve("demo-text")).filter(Files::isDirectory)
        .orElseThrow(() -> new UserException("There is no demo language model beside this program. Name a model"
            + " with «base»: a folder as Hugging Face lays it out, or make one with «demo-base, text»."));
  }

  /**
   * The demo instructions.
   *
   * @throws UserException when this distribution has none
   */
  public static Path data() {
    return Home.folder().map(home -> home.resolve("sample-texts").resolve("descriptions.jsonl"))
        .filter(Files::isRegularFile).orElseThrow(() -> new UserException(
            "There are no sample texts beside this program. Name a data file with «data»."));
  }

  /** The recipe that says how the demo model is tuned on them. */
  public static Optional<Path> recipe() {
    return Home.folder().map(home -> home.resolve("sample-texts").resolve("recipe.yaml")).filter(Files::isRegularFile);
  }
}
