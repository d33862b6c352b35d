package dev.kasane.diffusion.demo;

import java.awt.Shape;
import java.awt.geom.AffineTransform;

/**
 * One filled outline of a drawing.
 *
 * @param shape in the coordinates of its drawing: an object's box is -1 to 1, a picture is 0 to 1, y down
 * @param surface what it is made of
 * @param line the width of its dark contour in pixels of a 128 pixel picture; 0 for none
 */
record Part(Shape shape, Surface surface, double line) {
  static Part plain(Surface surface, Shape shape) {
    return new Part(shape, surface, 0);
  }

  static Part inked(Surface surface, Shape shape) {
    return new Part(shape, surface, 2.5);
  }

  /** The same part moved, turned or resized; the contour keeps its width. */
  Part at(AffineTransform transform) {
    return new Part(transform.createTransformedShape(shape), surface, line);
  }
}
