package dev.kasane.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScriptBindingTest {
  private final NDManager scope = Engines.newManager();

  enum Turn { KEPT, NEGATED }

  record Halves(NDArray first, NDArray second) {}

  record Line(double slope, NDArray shift) {}

  record Bend(Line left, Line right, Turn turn) {}

  interface Bound {
    Bound OPS = TorchScript.bind(Bound.class, "bound.ts.py");

    NDArray affine(NDArray x, double factor, int offset);

    NDArray addAll(NDArray y, List<NDArray> parts, boolean twice);

    NDArray filled(NDManager scope, Shape shape, DataType type, double... values);

    NDArray turned(NDArray x, Turn turn);

    Halves halves(NDManager scope, NDArray x);

    NDArray bent(NDArray x, Line outer, Bend inner);

    NDArray[] pieces(NDArray x, long count);

    double total(List<NDArray> parts);

    boolean isWide(NDArray x, int width);

    default NDArray doubled(NDArray x) {
      return affine(x, 2, 0);
    }
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void numbersTensorsAndListsCross() {
    NDArray x = scope.create(new float[] {1, 2});
    assertThat(Bound.OPS.affine(x, 0.5, 3).toFloatArray()).containsExactly(3.5f, 4);
    assertThat(Bound.OPS.doubled(x).toFloatArray()).containsExactly(2, 4);
    assertThat(Bound.OPS.total(List.of(x, x))).isEqualTo(6);
    assertThat(Bound.OPS.isWide(x, 1)).isTrue();
    assertThat(Bound.OPS.isWide(x, 2)).isFalse();
  }

  @Test
  void shapesTypesAndEnumsCross() {
    NDArray made = Bound.OPS.filled(scope, new Shape(2, 1), DataType.FLOAT64, 5, 7);
    assertThat(made.getShape()).isEqualTo(new Shape(2, 1));
    assertThat(made.toDoubleArray()).containsExactly(7, 7);
    assertThat(Bound.OPS.turned(made, Turn.NEGATED).toDoubleArray()).containsExactly(-7, -7);
    assertThat(Bound.OPS.turned(made, Turn.KEPT).toDoubleArray()).containsExactly(7, 7);
  }

  @Test
  void changesInPlaceAndGivesTheSameTensorBack() {
    NDArray y = scope.create(new float[] {1, 2});
    NDArray result = Bound.OPS.addAll(y, List.of(scope.create(new float[] {10, 20})), true);
    assertThat(result).isSameAs(y);
    assertThat(y.toFloatArray()).containsExactly(21, 42);
  }

  @Test
  void severalTensorsComeAsRecordOrArrayAndBelongToTheScope() {
    NDArray x = scope.create(new float[] {1, 2, 3, 4});
    try (NDManager inner = scope.newSubManager()) {
      Halves halves = Bound.OPS.halves(inner, x);
      assertThat(halves.first().toFloatArray()).containsExactly(1, 2);
      assertThat(halves.second().getManager()).isSameAs(inner);
    }
    NDArray[] pieces = Bound.OPS.pieces(x, 4);
    assertThat(pieces).hasSize(4);
    assertThat(pieces[3].getManager()).isSameAs(scope);
  }

  @Test
  void recordsCrossAsTheParametersOfTheirComponents() {
    NDArray x = scope.create(new float[] {-1, 2});
    Line left = new Line(10, scope.create(1f));
    Line right = new Line(100, scope.create(2f));
    Line outer = new Line(2, scope.create(0.5f));
    assertThat(Bound.OPS.bent(x, outer, new Bend(left, right, Turn.KEPT)).toFloatArray()).containsExactly(-17.5f, 404.5f);
    assertThat(Bound.OPS.bent(x, outer, new Bend(left, right, Turn.NEGATED)).toFloatArray())
        .containsExactly(18.5f, -403.5f);
  }

  @Test
  void isAnObjectLikeAnyOther() {
    assertThat(Bound.OPS).hasToString("TorchScript bound.ts.py").isEqualTo(Bound.OPS);
    assertThat(Bound.OPS.hashCode()).isEqualTo(Bound.OPS.hashCode());
    assertThat(Bound.OPS).isNotEqualTo(TorchScript.bind(Bound.class, "bound.ts.py"));
  }

  interface Missing {
    NDArray absent(NDArray x);
  }

  interface Fewer {
    NDArray scale(NDArray x);
  }

  interface OtherKind {
    NDArray scale(NDArray x, boolean factor);
  }

  interface OtherResult {
    boolean scale(NDArray x, double factor);
  }

  interface InPlaceNumber {
    double scale(NDArray x, double factor);
  }

  interface Ownerless {
    NDArray scale(List<NDArray> x, double factor);
  }

  interface Swapped {
    NDArray scale(NDArray x, Line line);
  }

  interface Twice {
    NDArray scale(NDArray x, double factor);

    NDArray scale(NDManager scope, NDArray x, double factor);
  }

  @Test
  void saysWhichMethodsAndOperatorsDisagree() {
    String scale = "def scale(self, x: Tensor, factor: float) -> Tensor:\n";
    refuses(Missing.class, scale, "the script has no def absent for the method absent",
        "no method stands for def scale(x: Tensor, factor: float) -> Tensor", "underscore");
    refuses(Fewer.class, scale,
        "the method scale gives [Tensor] where the script expects def scale(x: Tensor, factor: float) -> Tensor");
    refuses(OtherKind.class, scale, "the method scale gives [Tensor, bool] where");
    refuses(OtherResult.class, scale, "the method scale returns boolean, which does not go with def scale");
    refuses(InPlaceNumber.class, scale.replace("scale(", "scale_("), "returns double, which does not go with");
    refuses(Ownerless.class, scale.replace("x: Tensor", "x: List[Tensor]"),
        "nobody owns the result of the method scale");
    refuses(Twice.class, scale, "wanted by more than one method");
    refuses(Twice.class, scale + scale, "def scale comes twice");
    String line = "def scale(self, x: Tensor,\n    slope: float, shift: Tensor) -> Tensor:\n  return x\n";
    assertThat(ScriptContract.match(Swapped.class, "seed.ts.py", line)).hasSize(1);
    refuses(Swapped.class, line.replace("slope", "rise"), "gives [Tensor, slope: float, shift: Tensor] where the script"
        + " expects def scale(x: Tensor, rise: float, shift: Tensor)");
    refuses(Fewer.class, "def scale(self, x):\n", "is not of the form");
  }

  private static void refuses(Class<?> operators, String source, String... parts) {
    assertThatThrownBy(() -> ScriptContract.match(operators, "seed.ts.py", source))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("seed.ts.py")
        .hasMessageContaining(operators.getName()).hasMessageContainingAll(parts);
  }
}
