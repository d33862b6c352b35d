package dev.kasane.core.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TorchBridge;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A set of differentiable operators written as TorchScript in a resource of the class path.
 *
 * <p>The resource holds plain {@code def}s at the left margin; {@link ScriptArchive} wraps them into an
 * archive that libtorch loads. Every {@code def} becomes a method that takes tensors, lists of tensors and
 * numbers, and that libtorch's autograd sees through.
 */
public final class TorchScript {
  private final String name;
  // The manager owns the script: without this reference the collector would free it under us.
  private final NDManager owner;
  private final PtSymbolBlock block;

  private TorchScript(String name, NDManager owner, PtSymbolBlock block) {
    this.name = name;
    this.owner = owner;
    this.block = block;
  }

  /**
   * Loads a script resource.
   *
   * @param anchor a class of the module that holds the resource
   * @param resource the resource's name, relative to the class
   */
  public static TorchScript load(Class<?> anchor, String resource) {
    try (InputStream in = anchor.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("No script " + resource + " beside " + anchor.getName());
      }
      String source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      NDManager owner = Engines.newManager();
      // DJL's own Model would make a folder for temporary files beside, which a killed process leaves behind.
      PtSymbolBlock block = JniUtils.loadModule(
          (PtNDManager) owner, new ByteArrayInputStream(ScriptArchive.of(source)), false, false);
      return new TorchScript(resource, owner, block);
    } catch (IOException e) {
      throw new UncheckedIOException("Script " + resource + " cannot be read", e);
    }
  }

  /**
   * Calls an operator that returns one tensor; the result belongs to the first tensor's manager.
   *
   * @param method the operator's name
   * @param first the activation that flows through
   * @param rest weights and settings
   */
  public NDArray call(String method, NDArray first, Object... rest) {
    return callAll(method, first.getManager(), prepend(first, rest))[0];
  }

  /**
   * Calls an operator whose results belong to {@code scope}.
   *
   * @param method the operator's name
   * @param scope owner of the results
   * @param arguments tensors, lists of tensors and numbers
   */
  public NDArray[] callAll(String method, NDManager scope, Object... arguments) {
    return TorchBridge.call(block, method, scope, arguments);
  }

  private static Object[] prepend(Object first, Object[] rest) {
    Object[] all = new Object[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  @Override
  public String toString() {
    return "TorchScript " + name;
  }
}
