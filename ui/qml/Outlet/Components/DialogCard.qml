import QtQuick

// A question over the page; the page below does not take keys meanwhile.
FocusScope {
    id: root

    required property Theme theme
    required property string title
    property string subtitle: ""
    property int wide: Math.round(480 * theme.scale)
    default property alias content: body.data

    signal cancelled

    anchors.fill: parent
    focus: true
    Accessible.role: Accessible.Dialog
    Accessible.name: title

    Rectangle {
        anchors.fill: parent
        color: root.theme.shade
    }

    MouseArea {
        anchors.fill: parent
        onClicked: root.cancelled()
    }

    Card {
        id: card

        theme: root.theme
        anchors.centerIn: parent
        width: Math.min(root.wide, root.width - root.theme.gap * 8)
        height: Math.min(scroll.contentHeight + scroll.anchors.margins * 2, root.height - root.theme.gap * 8)

        MouseArea {
            anchors.fill: parent
        }

        ScrollArea {
            id: scroll

            theme: root.theme
            anchors.fill: parent
            anchors.margins: root.theme.gap * (root.theme.narrow ? 5 : 6)
            contentHeight: column.implicitHeight
            staysInView: true

            Column {
                id: column

                width: scroll.width
                spacing: root.theme.gap * (root.theme.narrow ? 3 : 4)

                Label {
                    width: parent.width
                    theme: root.theme
                    text: root.title
                    font.weight: Font.DemiBold
                    wrapMode: Text.Wrap
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    quiet: true
                    text: root.subtitle
                    wrapMode: Text.Wrap
                    visible: text !== ""
                }

                Column {
                    id: body

                    width: parent.width
                    spacing: root.theme.gap * (root.theme.narrow ? 2 : 3)
                }
            }
        }
    }
}
