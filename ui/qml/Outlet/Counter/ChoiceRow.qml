pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components

// One of a few values, all of them visible.
Item {
    id: root

    required property Theme theme
    required property string label
    required property list<string> values
    required property list<string> texts
    required property string current

    signal chosen(string value)

    implicitHeight: Math.max(name.implicitHeight, choices.implicitHeight)
    Accessible.role: Accessible.Grouping
    Accessible.name: label

    Label {
        id: name

        width: Math.round(150 * root.theme.scale)
        theme: root.theme
        text: root.label
        font.pixelSize: root.theme.body - 2
        wrapMode: Text.Wrap
        height: root.theme.control
    }

    Flow {
        id: choices

        anchors.left: name.right
        anchors.right: parent.right
        spacing: root.theme.gap * 2

        Repeater {
            model: root.values

            ActionButton {
                required property int index
                required property string modelData

                theme: root.theme
                text: root.texts[index] ?? ""
                spoken: root.label + " " + text
                chosen: root.current === modelData
                Accessible.role: Accessible.RadioButton
                Accessible.checked: chosen
                onPressed: root.chosen(modelData)
            }
        }
    }
}
