import QtQuick
import QtQuick.Shapes
import "icons.js" as Icons

// The lines of an icon.
Shape {
    id: root

    required property Icon icon

    anchors.fill: parent
    // A picture of its own: drawn straight, a shape ignores what is painted over it.
    layer.enabled: true

    ShapePath {
        scale: Qt.size(root.icon.size / 24, root.icon.size / 24)
        strokeColor: root.icon.tone
        strokeWidth: 1.8 * root.icon.size / 24
        fillColor: "transparent"
        capStyle: ShapePath.RoundCap
        joinStyle: ShapePath.RoundJoin

        PathSvg {
            path: Icons.paths[root.icon.name] ?? ""
        }
    }
}
