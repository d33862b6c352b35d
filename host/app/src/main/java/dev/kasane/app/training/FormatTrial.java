package dev.kasane.app.training;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Finds out before a run whether its adapter can be written at its end. Which methods a format holds only its writer
 * knows, so the fresh adapter is written once, beside the results, and removed.
 */
final class FormatTrial {
  private FormatTrial() {}

  /**
   * Writes an adapter and removes it again.
   *
   * @param model the adapter as it is before the first step
   * @param storage type of the saved tensors
   * @param folder where the trial is made; it exists
   * @throws UserException when the format does not hold such an adapter, or the folder cannot be written
   */
  static void run(AdapterFormat format, AdapterModel model, ElementType storage, Path folder) {
    try (PendingFolder trial = PendingFolder.scratchIn(folder)) {
      format.write(model, trial.path().resolve(format.writesFolders() ? "adapter" : "adapter.safetensors"), storage);
    } catch (IOException | FileFault e) {
      throw new UserException("The adapter cannot be written in " + folder + ": " + FileFaults.reason(e)
          + ". Choose a folder that can be written with «output».", e);
    } catch (UserException e) {
      throw e.behind("Nothing was trained, as the format " + format.id() + " cannot hold such an adapter: ");
    }
  }
}
