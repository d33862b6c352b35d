package dev.kasane.core.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.TorchBridge;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;

/**
 * How an operator is run so that its result comes as a method's return type has it.
 *
 * @param ownsTensors whether tensors come out that need an owner
 * @param run the call
 */
record ScriptResult(boolean ownsTensors, Run run) {
  /** A call of an operator; {@code owner} may be null where no tensors come out. */
  interface Run {
    Object of(PtSymbolBlock script, String operator, NDManager owner, Object[] arguments);
  }

  private static final Run NOTHING = (script, operator, owner, arguments) -> {
    TorchBridge.run(script, operator, arguments);
    return null;
  };
  // The result is the first tensor under another handle, which would keep the memory after that one is closed.
  private static final Run FIRST = (script, operator, owner, arguments) -> {
    TorchBridge.run(script, operator, arguments);
    return arguments[0];
  };

  /** The way from an operator's result to a method's; empty where there is none. */
  static Optional<ScriptResult> of(Class<?> type, ScriptSignature signature) {
    if (type == void.class) {
      return Optional.of(new ScriptResult(false, NOTHING));
    } else if (signature.inPlace()) {
      boolean fluent = type == NDArray.class && !signature.parameters().isEmpty()
          && signature.parameters().get(0).type().equals("Tensor");
      return fluent ? Optional.of(new ScriptResult(false, FIRST)) : Optional.empty();
    } else if (type.isRecord()) {
      return tuple(type, signature.result());
    }
    return Optional.ofNullable(switch (type.getSimpleName() + " of " + signature.result()) {
      case "NDArray of Tensor" -> new ScriptResult(true,
          (script, operator, owner, arguments) -> TorchBridge.call(script, operator, owner, arguments)[0]);
      case "NDArray[] of List[Tensor]" -> new ScriptResult(true, TorchBridge::call);
      case "double of float" -> new ScriptResult(false,
          (script, operator, owner, arguments) -> TorchBridge.number(script, operator, arguments));
      case "boolean of bool" -> new ScriptResult(false,
          (script, operator, owner, arguments) -> TorchBridge.number(script, operator, arguments) != 0);
      default -> null;
    });
  }

  private static Optional<ScriptResult> tuple(Class<?> type, String result) {
    RecordComponent[] parts = type.getRecordComponents();
    boolean allTensors = Arrays.stream(parts).allMatch(part -> part.getType() == NDArray.class);
    String wanted = "Tuple[" + String.join(", ", Collections.nCopies(parts.length, "Tensor")) + "]";
    if (!allTensors || !result.equals(wanted)) {
      return Optional.empty();
    }
    Constructor<?> constructor = type.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    return Optional.of(new ScriptResult(true, (script, operator, owner, arguments) -> {
      try {
        return constructor.newInstance((Object[]) TorchBridge.call(script, operator, owner, arguments));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("The record " + type.getName() + " takes no results of " + operator, e);
      }
    }));
  }
}
