package dev.kasane.core.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What an interface bound to a script runs: looks up the operator of a method and calls it.
 *
 * @param blocks the loaded script
 * @param operators of each method that has no body
 */
record BoundScript(ScriptBlocks blocks, Map<Method, Operator> operators) implements InvocationHandler {
  /**
   * An operator as a method calls it.
   *
   * @param name in the script
   * @param scoped whether the method's first argument is the owner of the result, not one of the script's
   * @param values the script's arguments
   * @param result how the result is handed over
   */
  record Operator(String name, boolean scoped, List<ScriptValue> values, ScriptResult result) {}

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    Operator operator = operators.get(method);
    if (operator == null) {
      return other(proxy, method, arguments);
    }
    OperatorThreads.adapt();
    Object[] values = new Object[operator.values().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = operator.values().get(i).read().apply(arguments);
    }
    assert method.isAnnotationPresent(AcrossDevices.class) || lieTogether(operator, values);
    NDManager owner = owner(operator, arguments, values);
    PtSymbolBlock block = blocks.on(owner == null ? Device.cpu() : owner.getDevice());
    return operator.result().run().of(block, operator.name(), owner, values);
  }

  /**
   * Whether all tensors lie on one device. libtorch itself lets products and convolutions pass on its {@code meta}
   * device, and takes a tensor of one number from the host, which a GPU has to wait for.
   */
  private static boolean lieTogether(Operator operator, Object[] values) {
    List<NDArray> tensors = Arrays.stream(values)
        .flatMap(each -> each instanceof List<?> list ? list.stream() : Stream.of(each))
        .filter(NDArray.class::isInstance).map(NDArray.class::cast).toList();
    for (NDArray each : tensors) {
      Device device = each.getDevice();
      Device owners = each.getManager().getDevice();
      if (!device.equals(tensors.get(0).getDevice()) || !device.equals(owners)) {
        throw new AssertionError("Operator " + operator.name() + " gets a tensor " + each.getShape() + " on " + device
            + " of a manager on " + owners + " beside one on " + tensors.get(0).getDevice());
      }
    }
    return true;
  }

  private static NDManager owner(Operator operator, Object[] arguments, Object[] values) {
    if (operator.scoped()) {
      return (NDManager) arguments[0];
    }
    return values.length > 0 && values[0] instanceof NDArray first ? first.getManager() : null;
  }

  /** A method with a body, or one of those that every object has. */
  private Object other(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.isDefault()) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "TorchScript " + blocks.resource();
    };
  }
}
