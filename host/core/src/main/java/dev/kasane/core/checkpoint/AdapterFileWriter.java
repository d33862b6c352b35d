package dev.kasane.core.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.safetensors.TensorValues;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.tensor.StoredTensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects the tensors of an adapter file, checks that the file can hold them, and writes it in one go. */
public final class AdapterFileWriter {
  private final ElementType type;
  private final List<TensorDeclaration> tensors = new ArrayList<>();

  /**
   * @param storage one of {@link ElementType#PRECISIONS}
   * @throws UserException for any other storage
   */
  public AdapterFileWriter(ElementType storage) {
    if (!ElementType.PRECISIONS.contains(storage)) {
      throw new UserException("An adapter is not stored as '" + storage
          + "'; choose float16, bfloat16 or float32.");
    }
    type = storage;
  }

  /**
   * Adds a tensor. Whole numbers keep their type.
   *
   * @param key the key in the file
   * @param tensor a tensor that stays open until the file is written
   * @throws UserException when it holds values that are not finite or that the storage cannot hold
   */
  public void add(String key, NDArray tensor) {
    if (!Ops.typeOf(tensor).isFloating()) {
      tensors.add(StoredTensors.declare(key, tensor));
      return;
    }
    requireRange(key, tensor);
    tensors.add(StoredTensors.declare(key, tensor, type));
  }

  /**
   * Adds a single number such as alpha, in the file's own type where that holds it exactly, as kohya's scripts
   * save it, else as float32.
   *
   * @param key the key in the file
   * @param value the number
   */
  public void add(String key, double value) {
    DType own = type.stored();
    float[] number = {(float) value};
    boolean exact = TensorValues.toFloats(TensorValues.fromFloats(number, own), own)[0] == number[0];
    tensors.add(TensorDeclaration.ofFloats(key, exact ? own : DType.F32, new long[0], number));
  }

  /** What was added. */
  public List<TensorDeclaration> tensors() {
    return List.copyOf(tensors);
  }

  /** A run that went wrong must not leave a file that looks sound. */
  private void requireRange(String key, NDArray tensor) {
    if (tensor.size() == 0) {
      return;
    }
    double largest;
    try (NDManager own = tensor.getManager().newSubManager(); GradMode off = GradMode.off()) {
      NDArray values = tensor.stopGradient();
      values.attach(own);
      largest = OPS.cast(values, DataType.FLOAT32).abs().max().toFloatArray()[0];
    }
    if (!Double.isFinite(largest)) {
      throw new UserException(key + " holds a value that is no finite number; the training diverged. "
          + "Use a checkpoint from before, and a lower learning rate.");
    } else if (type == ElementType.FLOAT16 && largest >= type.limit()) {
      throw new UserException(key + " holds " + largest + ", more than float16 can (65504). "
          + "Save as bfloat16 or float32.");
    }
  }

  /**
   * Writes the file; an existing one is replaced only when everything has been written.
   *
   * @throws FileFault when it cannot be written
   */
  public void write(Path file, Map<String, String> metadata) {
    requireFolder(file);
    SafetensorsWriter.write(file, tensors, metadata);
  }

  /** Names a folder that does not exist, before anything is computed. */
  public static void requireFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new FileFault(file, "cannot be written: there is no folder " + folder
          + "; create it first");
    }
  }
}
