import QtQuick
import Outlet.Components

// A page of the work area: title, one sentence, content.
FocusScope {
    id: root

    required property Theme theme
    required property string title
    property string subtitle: ""
    default property alias content: body.data
    property alias actions: actionRow.data

    focus: true
    Accessible.role: Accessible.Pane
    Accessible.name: title

    Item {
        id: head

        width: parent.width
        height: Math.max(words.implicitHeight, actionRow.implicitHeight)

        Column {
            id: words

            anchors.left: parent.left
            anchors.right: actionRow.left
            anchors.rightMargin: root.theme.gap * 4
            anchors.verticalCenter: parent.verticalCenter
            spacing: root.theme.gap

            Label {
                width: parent.width
                theme: root.theme
                text: root.title
                font.pixelSize: Math.round(root.theme.body * 1.33)
                font.weight: Font.DemiBold
                visible: text !== ""
                elide: Text.ElideRight
                Accessible.role: Accessible.Heading
            }

            Label {
                width: parent.width
                theme: root.theme
                quiet: true
                text: root.subtitle
                wrapMode: Text.Wrap
                visible: text !== ""
            }
        }

        Row {
            id: actionRow

            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            spacing: root.theme.gap * 2
        }
    }

    FocusScope {
        id: body

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: head.bottom
        anchors.topMargin: head.height > 0 ? root.theme.gap * 4 : 0
        anchors.bottom: parent.bottom
        focus: true
    }
}
