package dev.kasane.core.tensor;

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

class TensorArenaTest {
  @Test
  void tensorsKeepTheirValuesBesideOthersAndWithoutTheArena() {
    try (NDManager scope = Engines.newManager()) {
      List<NDArray> copies = new ArrayList<>();
      List<NDArray> originals = new ArrayList<>();
      try (TensorArena arena = new TensorArena(scope)) {
        for (long[] shape : new long[][] {{3}, {2, 5}, {}, {7, 1, 3}, {0, 4}, {40_000_001}, {5}}) {
          for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16}) {
            NDArray values = Ops.cast(Ops.randomNormal(scope, new Shape(shape)), type);
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

  @Test
  void copiesAreConvertedAndTheirOwn() {
    try (NDManager scope = Engines.newManager(); TensorArena arena = new TensorArena(scope)) {
      NDArray halves = Ops.cast(scope.create(new float[] {1, 2.5f, -3}), DataType.BFLOAT16);
      NDArray copy = arena.copy(halves, DataType.FLOAT32);
      NDArray neighbour = arena.copy(halves, DataType.FLOAT32);
      copy.muli(2);
      copy.setRequiresGradient(true);
      assertThat(copy.toFloatArray()).containsExactly(2, 5, -6);
      assertThat(neighbour.toFloatArray()).containsExactly(1, 2.5f, -3);
      copy.close();
      assertThat(neighbour.toFloatArray()).containsExactly(1, 2.5f, -3);
    }
  }

  private static ByteBuffer bytes(NDArray tensor) {
    return tensor.size() == 0 ? ByteBuffer.allocate(0) : TorchBridge.memory(tensor);
  }
}
