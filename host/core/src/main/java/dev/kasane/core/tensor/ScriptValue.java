package dev.kasane.core.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A parameter of an operator, and where a method has its value.
 *
 * @param name as the script has it; empty for an argument, of whose name Java keeps nothing
 * @param type as the script has it, or Java's own name of one that no script takes
 * @param read takes it from the method's arguments
 */
record ScriptValue(String name, String type, Function<Object[], Object> read) {
  private static final Map<String, String> SCRIPT_TYPES = Map.of(
      NDArray.class.getTypeName(), "Tensor",
      "java.util.List<" + NDArray.class.getTypeName() + ">", "List[Tensor]",
      "int", "int", "long", "int", DataType.class.getTypeName(), "int",
      "double", "float", "boolean", "bool",
      "long[]", "List[int]", Shape.class.getTypeName(), "List[int]", "double[]", "List[float]");

  /** The parameters that a method's argument stands for: one, or those of a record's components. */
  static Stream<ScriptValue> ofArgument(Type type, int index) {
    return of("", type, arguments -> arguments[index]);
  }

  private static Stream<ScriptValue> of(String name, Type type, Function<Object[], Object> read) {
    if (type instanceof Class<?> record && record.isRecord()) {
      String prefix = name.isEmpty() ? "" : name + "_";
      return Arrays.stream(record.getRecordComponents()).flatMap(part ->
          of(prefix + scriptName(part.getName()), part.getGenericType(), read.andThen(reader(part))));
    } else if (type == Shape.class) {
      return one(name, type, read.andThen(shape -> ((Shape) shape).getShape()));
    } else if (type == DataType.class) {
      return one(name, type, read.andThen(dtype -> ElementType.of((DataType) dtype).scalarType()));
    } else if (type == Device.class) {
      return Stream.of(new ScriptValue(name, "str", read.andThen(device -> torchName((Device) device))));
    } else if (type instanceof Class<?> known && known.isEnum()) {
      return Stream.of(new ScriptValue(name, "str", read.andThen(constant -> ((Enum<?>) constant).name())));
    }
    return one(name, type, read);
  }

  private static Stream<ScriptValue> one(String name, Type type, Function<Object[], Object> read) {
    return Stream.of(new ScriptValue(name, SCRIPT_TYPES.getOrDefault(type.getTypeName(), type.getTypeName()), read));
  }

  private static String torchName(Device device) {
    return device.isGpu() ? "cuda:" + device.getDeviceId() : device.getDeviceType();
  }

  private static Function<Object, Object> reader(RecordComponent part) {
    Method accessor = part.getAccessor();
    accessor.setAccessible(true);
    return record -> {
      try {
        return accessor.invoke(record);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("The record " + record + " does not give its " + part.getName(), e);
      }
    };
  }

  /** The script's name of something that Java has under a name: {@code softCap} is {@code soft_cap}. */
  static String scriptName(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** Whether a script's parameters are those that values come for. */
  static boolean fit(List<ScriptValue> values, List<ScriptSignature.Parameter> parameters) {
    return values.size() == parameters.size() && Stream.iterate(0, i -> i + 1).limit(values.size())
        .allMatch(i -> values.get(i).fits(parameters.get(i)));
  }

  private boolean fits(ScriptSignature.Parameter parameter) {
    return type.equals(parameter.type()) && (name.isEmpty() || name.equals(parameter.name()));
  }

  @Override
  public String toString() {
    return name.isEmpty() ? type : name + ": " + type;
  }
}
