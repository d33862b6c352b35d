package dev.kasane.core.tensor;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorArenaTest {
  @Test
  void tensorsKeepTheirValuesBesideOthersAndWithoutTheArena() {
    try (NDManager scope = Engines.newManager()) {
      List<NDArray> copies = new ArrayList<>();
      List<NDArray> originals = new ArrayList<>();
      try (TensorArena arena = new TensorArena(scope)) {
        for (long[] shape : new long[][] {{3}, {300_001}, {}, {2, 3, 100_001}, {0, 4}, {20_000_001}, {500, 700}}) {
          for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16}) {
            NDArray values = OPS.cast(Ops.randomNormal(scope, new Shape(shape)), type);
            originals.add(values);
            copies.add(arena.copy(values, type));
          }
        }
      }
      for (int i = 0; i < copies.size(); i++) {
        assertThat(Ops.typeOf(copies.get(i))).isEqualTo(Ops.typeOf(originals.get(i)));
        assertThat(copies.get(i).getShape()).isEqualTo(originals.get(i).getShape());
        assertThat(bytes(copies.get(i)).mismatch(bytes(originals.get(i)))).as("copy " + i).isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 200_000})
  void copiesAreConvertedAndTheirOwn(int size) {
    try (NDManager scope = Engines.newManager(); TensorArena arena = new TensorArena(scope)) {
      NDArray halves = OPS.cast(scope.full(new Shape(size), 2.5f), DataType.BFLOAT16);
      NDArray copy = arena.copy(halves, DataType.FLOAT32);
      NDArray neighbour = arena.copy(halves, DataType.FLOAT32);
      copy.muli(2);
      copy.setRequiresGradient(true);
      assertThat(copy.toFloatArray()).containsOnly(5);
      copy.close();
      assertThat(neighbour.toFloatArray()).hasSize(size).containsOnly(2.5f);
    }
  }

  private static ByteBuffer bytes(NDArray tensor) {
    return tensor.size() == 0 ? ByteBuffer.allocate(0) : TorchBridge.memory(tensor);
  }
}
