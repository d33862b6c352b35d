package dev.kasane.core.pickle.machine;

import dev.kasane.core.VisibleText;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.OpaqueObject;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The Python names a checkpoint may mention. Everything else ends the reading. */
final class KnownGlobals {
  /** Renamed modules: Python 2's, and numpy 2's. */
  private static final Map<String, String> MODULE_ALIASES = Map.of(
      "__builtin__", "builtins",
      "copy_reg", "copyreg",
      "numpy._core.multiarray", "numpy.core.multiarray");

  /** Classes whose mention or instances mean nothing for the tensors; they become inert names. */
  private static final Set<String> INERT = Set.of(
      "argparse.Namespace",
      "builtins.bool", "builtins.bytes", "builtins.float", "builtins.int", "builtins.list", "builtins.object",
      "builtins.str", "builtins.tuple",
      "numpy.ndarray",
      "pathlib.PosixPath", "pathlib.PurePosixPath", "pathlib.WindowsPath",
      "torch.Tensor", "torch.device", "torch.strided",
      "torch.nn.parameter.Parameter",
      "typing.Any");

  /** Modules all of whose classes are such: the record-keeping of training tools. */
  private static final List<String> INERT_MODULES = List.of(
      "lightning.pytorch.callbacks",
      "lightning.pytorch.utilities",
      "lightning_fabric.utilities",
      "omegaconf",
      "pytorch_lightning.callbacks",
      "pytorch_lightning.utilities");

  private KnownGlobals() {}

  /**
   * The inert name of a known global.
   *
   * @throws MalformedPickle if it is not known, naming it
   */
  static OpaqueObject find(String module, String name) throws MalformedPickle {
    OpaqueObject global = new OpaqueObject(MODULE_ALIASES.getOrDefault(module, module), name);
    if (!isKnown(global)) {
      throw new MalformedPickle("asks for " + VisibleText.shortened(module + "." + name)
          + ", which Kasane refuses to build;"
          + " nothing was run. " + advice(module));
    }
    return global;
  }

  private static boolean isKnown(OpaqueObject global) {
    return ObjectBuilder.canBuild(global) || TorchTypes.isStorage(global) || TorchTypes.isElementType(global)
        || INERT.contains(global.qualifiedName()) || isInInertModule(global);
  }

  private static boolean isInInertModule(OpaqueObject global) {
    // A dotted name would reach through a module to whatever that module imports.
    return global.name().indexOf('.') < 0 && INERT_MODULES.stream().anyMatch(module ->
        global.module().equals(module) || global.module().startsWith(module + "."));
  }

  private static String advice(String module) {
    if (module.startsWith("__torch__")) {
      return "This is a TorchScript program; save the model's state_dict() instead";
    }
    return "A checkpoint of weights needs tensors and plain values only: if you trust its source, load it"
        + " there and save the state_dict() as safetensors; otherwise delete it";
  }
}
