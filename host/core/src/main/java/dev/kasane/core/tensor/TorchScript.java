package dev.kasane.core.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;

/**
 * Sets of differentiable operators written as TorchScript in resources of the class path.
 *
 * <p>A resource holds plain {@code def}s at the left margin; {@link ScriptArchive} wraps them into an
 * archive that libtorch loads. Every {@code def} becomes a method that takes tensors, lists of tensors and
 * numbers, and that libtorch's autograd sees through.
 */
public final class TorchScript {
  private TorchScript() {}

  /**
   * Loads a script and gives its operators the form of an interface, which is checked at once.
   *
   * <p>Each method without a body stands for the {@code def} of its name, {@code addRows} for {@code add_rows} or
   * {@code add_rows_}; each {@code def} has its method or a name that begins with an underscore. A parameter
   * crosses as follows: {@link NDArray} as {@code Tensor}, {@code List<NDArray>} as {@code List[Tensor]}, int and
   * long as {@code int}, double as {@code float}, boolean as {@code bool}, {@code long[]} and
   * {@link ai.djl.ndarray.types.Shape} as {@code List[int]}, {@code double[]} as {@code List[float]}, an enum as its
   * name in a {@code str}, {@link ai.djl.Device} as libtorch's name of it in a {@code str}, and {@link
   * ai.djl.ndarray.types.DataType} as libtorch's number of the type in an {@code int}. A record stands for a parameter
   * for each of its components, which has the component's name; the components of a record within it have its name and
   * an underscore before theirs.
   *
   * <p>A method returns NDArray for {@code Tensor}, an array for {@code List[Tensor]}, a record of NDArrays for a
   * {@code Tuple}, double for {@code float}, boolean for {@code bool}, or nothing. Its tensors belong to the
   * {@link NDManager} that is its first parameter, which the script does not see, else to the manager of its first
   * tensor. An operator whose name ends in an underscore changes its first tensor, which the method gives back.
   *
   * @param operators an interface beside the script; its class loader is asked for the resource
   * @param resource the script's name, relative to the interface
   * @throws IllegalArgumentException naming script, methods and operators that do not agree
   */
  public static <T> T bind(Class<T> operators, String resource) {
    ScriptBlocks blocks = new ScriptBlocks(operators, resource);
    Map<Method, BoundScript.Operator> bound = ScriptContract.match(operators, resource, blocks.source());
    blocks.on(Device.cpu());
    return operators.cast(Proxy.newProxyInstance(
        operators.getClassLoader(), new Class<?>[] {operators}, new BoundScript(blocks, bound)));
  }
}
