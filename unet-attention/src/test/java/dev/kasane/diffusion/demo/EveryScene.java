package dev.kasane.diffusion.demo;

import java.util.ArrayList;
import java.util.List;

/** The whole world, scene by scene. */
final class EveryScene {
  private EveryScene() {}

  static List<Scene> list() {
    List<Scene> scenes = new ArrayList<>();
    for (ObjectKind kind : ObjectKind.values()) {
      for (SceneColour colour : SceneColour.values()) {
        for (Place place : Place.values()) {
          for (Weather weather : Weather.values()) {
            for (int count = 1; count <= Scene.MAX_COUNT; count++) {
              scenes.add(new Scene(kind, colour, count, place, weather));
            }
          }
        }
      }
    }
    return scenes;
  }
}
